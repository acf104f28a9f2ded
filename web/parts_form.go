package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// Field is one question of a form. The part prints label, hint, control and error and ties them together for
// screen readers.
type Field struct {
	Kind     string // text, password, number, date, email, search, tel, url, time, select, textarea, checkbox, radio, checkboxes, file, hidden
	Name     string
	Label    string // words
	Hint     string // words, under the label
	Text     string // data under the label, wins over Hint
	Value    string // what was typed; never for password and file
	Values   []string
	Picture  string // address of a picture above the control, which the label is about
	Error    string // a sentence that says what is wrong and what to do
	Options  []Option
	Required bool
	// Complete is the autocomplete token: "username", "current-password", "one-time-code", "off".
	Complete string
	// Keys is the phone keyboard: "numeric", "decimal".
	Keys     string
	Min, Max string
	Step     string
	Length   int  // longest allowed text
	Words    bool // travels in the address, so it must hold no number that may be a NIP
	Rows     int  // of a textarea, default 4
	Accept   string
	Unit     string // behind the control: "JP"
	Off      bool
	Change   bool   // submit the form when this changes (with JavaScript)
	Narrow   bool   // short values: a number, a date
	IDPrefix string // when the same name stands twice on a page
}

// Option is a choice of select, radio and checkboxes.
type Option struct {
	Value string
	Label string // words
	Name  string // data, wins over Label
	Text  string // a line below
	Group string // select: heading of the options that follow each other with the same group
	Off   bool
}

// Pattern is what the browser lets through; "" lets everything.
func (f Field) Pattern() string {
	if f.Words {
		return noNumber
	}
	return ""
}

// ID of the control.
func (f Field) ID() string { return "f-" + f.IDPrefix + strings.ReplaceAll(f.Name, ".", "-") }

// Describes lists the ids that explain the control; empty when there is nothing to explain.
func (f Field) Describes() string {
	var ids []string
	if f.Hint != "" || f.Text != "" {
		ids = append(ids, f.ID()+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.ID()+"-error")
	}
	return strings.Join(ids, " ")
}

// Chosen says whether an option is selected.
func (f Field) Chosen(value string) bool {
	if f.Value == value && (value != "" || len(f.Values) == 0) {
		return f.Value == value
	}
	for _, v := range f.Values {
		if v == value {
			return true
		}
	}
	return false
}

// Group says whether the kind is a group of controls, which needs fieldset and legend.
func (f Field) Group() bool { return f.Kind == "radio" || f.Kind == "checkboxes" }

// RowsOr is the height of a textarea.
func (f Field) RowsOr() int {
	if f.Rows > 0 {
		return f.Rows
	}
	return 4
}

// OptionGroup is a run of options under one heading, for select.
type OptionGroup struct {
	Group   string
	Options []Option
}

// Groups splits the options by Group, in order.
func (f Field) Groups() []OptionGroup {
	var out []OptionGroup
	for _, o := range f.Options {
		if len(out) == 0 || out[len(out)-1].Group != o.Group {
			out = append(out, OptionGroup{Group: o.Group})
		}
		last := &out[len(out)-1]
		last.Options = append(last.Options, o)
	}
	return out
}

// Form keeps what a person typed and what is wrong with it, so that a refused form comes back with every value in
// place and the message beside its field. Templates make the fields from it:
//
//	{{template "errors" .Form}}
//	{{template "field" (.Form.Input "text" "name" "Nama lengkap")}}
//	{{template "field" ((.Form.Input "select" "unit" "Unit kerja").With .Units)}}
//
// The zero Form is an empty one.
type Form struct {
	Values url.Values
	Errors []FieldError

	stands bool // against what is stored, see Status
}

// FieldError is what is wrong with one field. Field "" is about the whole form.
type FieldError struct {
	Field string
	Text  string
	Label string // words, shown in the summary
}

// NewForm starts a form from what was posted, or from the values of the thing being edited.
func NewForm(values url.Values) Form { return Form{Values: values} }

// Wrong notes an error beside a field.
func (f *Form) Wrong(field, text string) {
	f.Errors = append(f.Errors, FieldError{Field: field, Text: text})
}

// Take notes what a fault says about the fields of this form and answers true; an error that is no Invalid (or Conflict)
// fault answers false and is returned by the handler as it is. A fault without fields is noted for the whole form.
func (f *Form) Take(err error, lang string) bool {
	fault := faults.Of(err)
	if fault.Kind != faults.Invalid && fault.Kind != faults.Conflict {
		return false
	}
	f.stands = f.stands || fault.Kind == faults.Conflict
	for _, field := range fault.Fields {
		f.Wrong(field.Path, field.Text.In(texts.Lang(lang)))
	}
	if len(fault.Fields) == 0 {
		f.Wrong("", fault.Text.In(texts.Lang(lang)))
	}
	return true
}

// Status is the status to show a refused form again with: 409 when it stands against what is stored, 422 when it is wrong in itself.
func (f Form) Status() int {
	if f.stands {
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}

// OK says that nothing is wrong.
func (f Form) OK() bool { return len(f.Errors) == 0 }

// Get is the trimmed value of a field.
func (f Form) Get(name string) string { return strings.TrimSpace(f.Values.Get(name)) }

// Error is the message of a field, "" when it is right.
func (f Form) Error(name string) string {
	for _, e := range f.Errors {
		if e.Field == name {
			return e.Text
		}
	}
	return ""
}

// Input makes a field with the kept value and its error. Passwords and files never come back.
func (f Form) Input(kind, name, label string) Field {
	field := Field{Kind: kind, Name: name, Label: label, Error: f.Error(name)}
	if kind != "password" && kind != "file" {
		field.Value = f.Values.Get(name)
		field.Values = f.Values[name]
	}
	return field
}

// Need makes a required field.
func (f Form) Need(kind, name, label string) Field {
	field := f.Input(kind, name, label)
	field.Required = true
	return field
}

// With adds options.
func (f Field) With(options []Option) Field { f.Options = options; return f }

// Hinted adds a hint (words).
func (f Field) Hinted(hint string) Field { f.Hint = hint; return f }

// Short marks a field for short values.
func (f Field) Short() Field { f.Narrow = true; return f }

// Keyed sets keyboard and autocomplete: Keyed "numeric" "one-time-code".
func (f Field) Keyed(keys, complete string) Field { f.Keys, f.Complete = keys, complete; return f }

// Between sets the smallest and largest value.
func (f Field) Between(min, max string) Field { f.Min, f.Max = min, max; return f }

// Tall sets the height of a textarea.
func (f Field) Tall(rows int) Field { f.Rows = rows; return f }

// Accepting sets the file types of a file field.
func (f Field) Accepting(types string) Field { f.Accept = types; return f }

// Measured adds a unit behind the control.
func (f Field) Measured(unit string) Field { f.Unit = unit; return f }

// Summary is what the errors part shows: nothing when all is right.
func (f Form) Summary() []FieldError { return f.Errors }

// Target is the id of the control an error belongs to.
func (e FieldError) Target() string { return Field{Name: e.Field}.ID() }
