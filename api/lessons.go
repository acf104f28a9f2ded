package api

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/media"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// LessonSource is a lesson as its author writes it.
type LessonSource struct {
	Code       string     `json:"code"`
	Title      texts.Text `json:"title"`
	Minutes    int        `json:"minutes"`
	Part       string     `json:"part,omitempty" enum:"lessons,cases,practice"`
	Objectives []string   `json:"objectives" maxItems:"1000" nullable:"false"`
	Markdown   string     `json:"markdown"`
}

func showLessonSource(t courses.LessonText) LessonSource {
	return LessonSource{t.Code, t.Title, t.Minutes, t.Part, orEmpty(t.Objectives), t.Markdown}
}

// LessonPreview is Markdown as readers of a lesson would see it.
type LessonPreview struct {
	HTML    string `json:"html" doc:"Harmless HTML"`
	Words   int    `json:"words"`
	Seconds int    `json:"seconds" doc:"Estimated reading time"`
}

// LessonReading says what a document holds and what of it has no place in a lesson.
type LessonReading struct {
	Lessons   []ReadLesson `json:"lessons" maxItems:"60" nullable:"false"`
	Entries   []ItemReport `json:"entries" maxItems:"1000" nullable:"false" doc:"The first 1,000"`
	EntriesIn int          `json:"entries_in" doc:"How many entries there are in all"`
}

// ReadLesson is a lesson found in a document.
type ReadLesson struct {
	Title    string `json:"title"`
	Markdown string `json:"markdown"`
	Words    int    `json:"words"`
	Minutes  int    `json:"minutes" doc:"Estimated reading time, rounded up"`
}

func showLessonReading(ctx context.Context, lessons []exchange.LessonDraft, report exchange.Report) LessonReading {
	v := LessonReading{Lessons: []ReadLesson{}, Entries: []ItemReport{}, EntriesIn: len(report)}
	for _, l := range lessons {
		v.Lessons = append(v.Lessons, ReadLesson{l.Title, l.Markdown, l.Words, max(1, (l.Words+courses.ReadingSpeed-1)/courses.ReadingSpeed)})
	}
	for _, m := range report[:min(len(report), 1000)] {
		v.Entries = append(v.Entries, ItemReport{Line: m.Line, Weight: string(m.Weight), Message: m.Text.In(visit.From(ctx).Lang)})
	}
	return v
}

// NewLesson is a lesson to be added.
type NewLesson struct {
	Code       string   `json:"code,omitempty" maxLength:"30" doc:"Missing: the next free one"`
	Title      Sentence `json:"title"`
	Minutes    int      `json:"minutes" minimum:"0" maximum:"600"`
	Part       string   `json:"part,omitempty" enum:"lessons,cases,practice"`
	Objectives []string `json:"objectives,omitempty" maxItems:"50"`
	Markdown   string   `json:"markdown" minLength:"1" maxLength:"204800"`
}

// CourseFile is a picture, video or recording that lessons and items may show.
type CourseFile struct {
	Name     string `json:"name" doc:"The same content has the same name"`
	Type     string `json:"type" doc:"As found in the content: image/png, image/jpeg, video/mp4, video/webm, audio/mp4 or audio/mpeg"`
	Size     int64  `json:"size" doc:"Bytes as it is kept; a picture was made smaller"`
	Width    int    `json:"width,omitempty"`
	Height   int    `json:"height,omitempty"`
	Seconds  int    `json:"seconds,omitempty"`
	Markdown string `json:"markdown,omitempty" doc:"What shows it in a lesson or item, with the words that stand for it"`
}

func showCourseFile(d courses.FileDoc) CourseFile {
	f, _ := media.Parse(d.Name)
	return CourseFile{Name: d.Name, Type: d.Type, Size: d.Size, Width: f.Width, Height: f.Height, Seconds: f.Seconds}
}

// ShownFile is a file where a version shows it.
type ShownFile struct {
	CourseFile
	Lesson     string `json:"lesson,omitempty" doc:"Code of the lesson that shows it"`
	Line       int    `json:"line,omitempty" doc:"Of the lesson"`
	Bank       string `json:"bank,omitempty"`
	Item       string `json:"item,omitempty" doc:"Code of the item that shows it"`
	Alt        string `json:"alt" doc:"The words that stand for it; without them a version is not published"`
	Transcript bool   `json:"transcript" doc:"Of video and recordings: it stands below; without it a version is not published"`
}

func showShownFile(f courses.ShownFile) ShownFile {
	return ShownFile{showCourseFile(f.FileDoc), f.Lesson, f.Line, f.Bank, f.Item, f.Alt, f.Transcript}
}

// lessonFields says where the room's names of one lesson stand in a request.
var lessonFields = map[string]string{"lessons.code": "path.lesson", "lessons.*": "body.markdown"}

const (
	maxLessons     = 16 << 20 // 60 lessons of 200 KB, escaped
	maxCourseFile  = media.MaxVideo
	maxLessonsFile = courses.MaxLessonFile
)

func (s *server) lessons(r *gin.Engine) {
	handle(s, operation{Method: http.MethodGet, Path: "/versions/{id}/lessons/{lesson}", ID: "getLessonSource", Tag: "authoring", Summary: "A lesson as its author writes it; for authors and reviewers"},
		func(ctx context.Context, in *VersionLessonPath) (*body[LessonSource], error) {
			return one(showLessonSource)(s.Courses.LessonSource(ctx, visit.Actor(ctx), in.ID, in.Lesson))
		})
	handle(s, operation{Method: http.MethodDelete, Path: "/versions/{id}/lessons/{lesson}", ID: "removeLesson", Tag: "authoring", Summary: "Take a lesson out of a draft; published versions keep theirs"},
		func(ctx context.Context, in *struct {
			VersionLessonPath
			Based
		}) (*body[CourseVersion], error) {
			return one(showVersionDetail)(s.Courses.RemoveLesson(ctx, visit.Actor(ctx), in.ID, in.Revision, in.Lesson))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/versions/{id}/lessons", ID: "addLessons", Tag: "authoring", Max: maxLessons, Status: http.StatusCreated, Summary: "Put lessons at the end of a draft, all of them or none"},
		func(ctx context.Context, in *struct {
			VersionPath
			Body struct {
				Revision int64       `json:"revision" minimum:"1" doc:"Of the draft that was read"`
				Lessons  []NewLesson `json:"lessons" minItems:"1" maxItems:"60"`
			}
		}) (*body[CourseVersion], error) {
			var all []courses.LessonText
			for _, l := range in.Body.Lessons {
				all = append(all, courses.LessonText{Code: l.Code, Title: l.Title.text(), Minutes: l.Minutes, Part: l.Part, Objectives: l.Objectives, Markdown: l.Markdown})
			}
			return one(showVersionDetail)(s.Courses.AddLessons(ctx, visit.Actor(ctx), in.ID, in.Body.Revision, all))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/versions/{id}/lesson-previews", ID: "previewLesson", Tag: "authoring", Named: lessonFields, Summary: "Markdown as it would stand in a lesson of a draft; nothing is stored"},
		func(ctx context.Context, in *struct {
			VersionPath
			Body struct {
				Markdown string `json:"markdown" minLength:"1" maxLength:"204800"`
			}
		}) (*body[LessonPreview], error) {
			return one(func(p courses.Preview) LessonPreview { return LessonPreview{string(p.HTML), p.Words, p.Seconds} })(s.Courses.PreviewLesson(ctx, visit.Actor(ctx), in.ID, in.Body.Markdown))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/versions/{id}/lesson-readings", ID: "readLessons", Tag: "authoring", Max: maxLessonsFile + 1,
		Summary: "Read a Word file, a page of HTML or plain text into lessons; nothing of the draft changes. The file is the body as it is; send the lessons that are wanted with addLessons. Its pictures are kept for seven days"},
		func(ctx context.Context, in *struct {
			VersionPath
			Name  string `query:"name" maxLength:"200" doc:"Of the file, for the report"`
			Split int    `query:"split" minimum:"0" maximum:"2" default:"1" doc:"Headings of this level or higher begin another lesson; 0: one lesson"`

			RawBody []byte `contentType:"application/octet-stream"`
		}) (*body[LessonReading], error) {
			if longDigits.MatchString(in.Name) {
				return nil, faults.OnField("name", "Nama berkas memuat angka panjang yang mungkin NIP. Ganti namanya.", "The file's name holds a long number that may be a NIP. Rename it.")
			}
			lessons, report, err := s.Courses.ReadLessons(ctx, visit.Actor(ctx), in.ID, courses.LessonFile{Name: in.Name, Data: in.RawBody, Split: in.Split})
			if err != nil {
				return nil, err
			}
			return answer(showLessonReading(ctx, lessons, report)), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/courses/{code}/files", ID: "addCourseFile", Tag: "authoring", Max: maxCourseFile + 1, Named: map[string]string{"alt": "query.alt"}, Status: http.StatusCreated,
		Summary: "Store a picture, a video (at most 480 lines) or a recording for the lessons and items of a course; the file is the body as it is. A picture is written anew, small and without metadata. The answer has the Markdown that shows it. What no version names is dropped after seven days"},
		func(ctx context.Context, in *struct {
			CoursePath
			Alt        string `query:"alt" required:"true" maxLength:"300" doc:"What one sees or hears, for those who cannot"`
			Transcript string `query:"transcript" maxLength:"2000" doc:"Of a video or recording; a longer one is written into the lesson below it"`

			RawBody []byte `contentType:"application/octet-stream"`
		}) (*body[CourseFile], error) {
			alt, err := courses.CheckAlt(in.Alt)
			if err != nil {
				return nil, err
			}
			d, err := s.Courses.AddFile(ctx, visit.Actor(ctx), in.Code, in.RawBody)
			if err != nil {
				return nil, err
			}
			v := showCourseFile(d)
			v.Markdown = d.Markdown(alt, in.Transcript)
			return answer(v), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/versions/{id}/files", ID: "listVersionFiles", Tag: "authoring", Summary: "Where a version shows pictures, videos and recordings, with the words that stand for them"},
		func(ctx context.Context, in *struct {
			VersionPath
			PageInput
		}) (*body[ListOf[ShownFile]], error) {
			all, err := s.Courses.VersionFiles(ctx, visit.Actor(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, all, func(f courses.ShownFile) string { return f.Where() }, showShownFile)
		})
	download(s, r, operation{Path: "/course-files/{name}", ID: "downloadCourseFile", Tag: "courses", Summary: "A picture, video or recording that a lesson or item shows"}, "application/octet-stream", func(c *gin.Context) {
		d, f, err := s.Courses.OpenFile(c.Request.Context(), visit.Actor(c.Request.Context()), c.Param("name"))
		if err != nil {
			s.fail(c, err)
			return
		}
		defer f.Close()
		var b bytes.Buffer
		if _, err := io.Copy(&b, f); err != nil {
			s.fail(c, err)
			return
		}
		file(c, d.Name, d.Type, b.Bytes())
	})
	download(s, r, operation{Path: "/versions/{id}/package", ID: "exportCourse", Tag: "authoring", Summary: "A version as a zipped course folder with lessons, items and their keys, pictures and recordings, for authors and reviewers; importFile takes it in again"}, "application/zip", func(c *gin.Context) {
		p, err := s.Courses.ExportCourse(c.Request.Context(), visit.Actor(c.Request.Context()), c.Param("id"))
		if err != nil {
			s.fail(c, err)
			return
		}
		file(c, p.Name, "application/zip", p.Data)
	})
}

// VersionLessonPath names a lesson of a version in an address.
type VersionLessonPath struct {
	VersionPath
	Lesson string `path:"lesson" maxLength:"40"`
}
