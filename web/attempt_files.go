package web

import (
	"errors"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// fileKinds are the kinds of files in the words of those who choose one.
var fileKinds = map[string]string{"pdf": "PDF", "jpg": "foto (JPG)", "png": "gambar (PNG)", "docx": "Word (DOCX)", "xlsx": "Excel (XLSX)", "txt": "teks (TXT)"}

// Bounds of a form of answers with files: the body, and what of it is held in memory; the rest waits in a temporary file.
const (
	maxAnswerForm   = 40 << 20
	answerFormInRAM = 1 << 20
)

// QuizUpload is what an item asks for in files and what it has.
type QuizUpload struct {
	Hint    string // what is taken
	Accept  string // of the control
	Instead string // the only file, whose place the next one takes
	Full    string // why no other can be sent; "" when one can
	Files   []QuizFile
	Wrong   string // why the last one was not taken
}

// QuizFile is a file of one's own answer.
type QuizFile struct {
	ID   string
	Name string
	Size string
	URL  string // of the download; "" for who may not
}

func fileURL(attempt, item, file string) string {
	return attemptURL(attempt, "berkas", item, file)
}

func (l *learner) quizUpload(c *gin.Context, attempt string, it courses.ItemView) *QuizUpload {
	kinds := it.Kinds
	if len(kinds) == 0 {
		kinds = grading.FileKinds
	}
	names, accept := make([]string, len(kinds)), make([]string, len(kinds))
	for i, k := range kinds {
		names[i], accept[i] = l.T(c, fileKinds[k]), "."+k
		if k == "jpg" {
			accept[i] += ",.jpeg"
		}
	}
	u := &QuizUpload{Hint: l.T(c, "Paling banyak %d berkas, masing-masing sampai %d MB: %s.", it.Limit, it.Size, strings.Join(names, ", ")), Accept: strings.Join(accept, ","), Files: l.quizFiles(c, attempt, it.Item, it.Answer.Files)}
	switch {
	case len(u.Files) == 1 && it.Limit == 1:
		u.Instead = u.Files[0].ID
	case len(u.Files) >= it.Limit:
		u.Full = l.T(c, "Sudah %d berkas. Hapus salah satu untuk mengirim yang lain.", len(u.Files))
	}
	return u
}

func (l *learner) quizFiles(c *gin.Context, attempt, item string, files []grading.File) []QuizFile {
	var out []QuizFile
	for _, f := range files {
		out = append(out, QuizFile{ID: courses.FileID(f), Name: f.Name, Size: l.fileSize(c, f.Size), URL: fileURL(attempt, item, courses.FileID(f))})
	}
	return out
}

// readAnswerForm reads a form of answers that may carry files; the bytes of files do not fill the memory.
func readAnswerForm(c *gin.Context) error {
	if !strings.HasPrefix(c.GetHeader("Content-Type"), "multipart/form-data") {
		return nil
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxAnswerForm)
	err := c.Request.ParseMultipartForm(answerFormInRAM)
	var limit *http.MaxBytesError
	switch {
	case errors.As(err, &limit):
		return faults.New(faults.TooLarge, "Kiriman ini terlalu besar. Kirim satu berkas setiap kali, paling besar 5 MB.", "This is too large. Send one file at a time, of at most 5 MB.")
	case err != nil:
		return faults.Wrap(err, faults.Invalid, "Kiriman ini tidak sampai utuh. Kirim sekali lagi.", "What was sent did not arrive whole. Send it once more.")
	}
	return nil
}

// postedFile is the file chosen under a name; nil when none was.
func postedFile(c *gin.Context, name string) *multipart.FileHeader {
	if c.Request.MultipartForm == nil {
		return nil
	}
	for _, h := range c.Request.MultipartForm.File[name] {
		if h.Filename != "" {
			return h
		}
	}
	return nil
}

func (l *learner) handIn(c *gin.Context, attempt, item, instead string, h *multipart.FileHeader, from courses.Page) (courses.Saved, error) {
	f, err := h.Open()
	if err != nil {
		return courses.Saved{}, err
	}
	defer f.Close()
	return l.Courses.AddFileToAnswer(c.Request.Context(), reader(c), attempt, item, courses.FileInput{Name: h.Filename, Content: f, Instead: instead}, from)
}

// handInPosted hands in the files that were chosen on a form without scripts, and takes back the one whose button was pressed. wrong says for each item why its file was not
// taken; an error is about the attempt, not about a file.
func (l *learner) handInPosted(c *gin.Context, f courses.FormView, from courses.Page) (wrong map[string]string, err error) {
	wrong = map[string]string{}
	for _, it := range f.Items {
		if it.Ask != grading.AskFiles {
			continue
		}
		var saved courses.Saved
		if h := postedFile(c, "file."+it.Item); h != nil {
			saved, err = l.handIn(c, f.Attempt, it.Item, c.PostForm("instead."+it.Item), h, from)
		} else if file, ok := strings.CutPrefix(c.PostForm("go"), "unfile:"+it.Item+":"); ok {
			saved, err = l.Courses.RemoveFileFromAnswer(c.Request.Context(), reader(c), f.Attempt, it.Item, file, from)
		} else {
			if c.PostForm("go") == "file:"+it.Item {
				wrong[it.Item] = l.T(c, "Pilih berkasnya dahulu, lalu kirim.")
			}
			continue
		}
		if fault, ok := refusedFile(err); ok {
			wrong[it.Item] = in(c, fault.Text)
			continue
		}
		if err != nil {
			return nil, err
		}
		from.Seq = saved.Seq
	}
	return wrong, nil
}

// refusedFile says whether a fault is about the file itself.
func refusedFile(err error) (*faults.Error, bool) {
	if err == nil {
		return nil, false
	}
	fault := faults.Of(err)
	return fault, slices.ContainsFunc(fault.Fields, func(x faults.Field) bool { return x.Path == "file" })
}

// saveFile hands in or takes back one file, for assets/js/quiz.js, which says at its top what is posted and answered.
func (l *learner) saveFile(c *gin.Context) error {
	ctx, a, id := c.Request.Context(), reader(c), c.Param("attempt")
	if err := readAnswerForm(c); err != nil {
		return l.saveRefused(c, err)
	}
	item, from := c.PostForm("item"), postedFrom(c)
	var saved courses.Saved
	var err error
	if h := postedFile(c, "file"); h != nil {
		saved, err = l.handIn(c, id, item, c.PostForm("instead"), h, from)
	} else if file := c.PostForm("remove"); file != "" {
		saved, err = l.Courses.RemoveFileFromAnswer(ctx, a, id, item, file, from)
	} else if _, err = l.Courses.Form(ctx, a, id); err == nil {
		err = faults.New(faults.Invalid, "Berkas tidak terkirim utuh. Kirim lagi.", "The file did not arrive whole. Send it again.")
	}
	if err != nil {
		return l.saveRefused(c, err)
	}
	f, err := l.Courses.Form(ctx, a, id)
	if err != nil {
		return l.saveRefused(c, err)
	}
	n := slices.IndexFunc(f.Items, func(it courses.ItemView) bool { return it.Item == item })
	if n < 0 {
		return faults.New(faults.NotFound, "Soal ini tidak ada.", "There is no such question.")
	}
	html, err := l.Part(c, "item", l.quizItem(c, id, f.Items[n], len(f.Items)))
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, gin.H{"seq": saved.Seq, "saved": l.format(c).clock(l.config.Now()), "left": saved.Left.Milliseconds(), "ends": milli(saved.EndsAt), "html": html})
	return nil
}

// showOwnFile downloads a file of one's own answer.
func (l *learner) showOwnFile(c *gin.Context) error {
	f, err := l.Courses.OwnFile(c.Request.Context(), reader(c), c.Param("attempt"), c.Param("item"), c.Param("file"))
	return l.sendReceived(c, f, err)
}
