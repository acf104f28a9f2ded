// Package web is the room of the pages: gin at the door, html/template inside, plain CSS and ES modules in
// the hand of the learner. It decides nothing about courses, people or certificates; it asks the domain rooms
// and shows what they answer.
//
// Read first: README.md in this folder (a new page in five steps, every part with its data), then engine.go.
//
//	engine.go      parses all templates at start, renders a page into a buffer, then answers
//	base.go        what every page embeds (Base), and what the engine puts around it (Chrome)
//	pages.go       the list of pages; a file without a line or a line without a file stops the program
//	parts*.go      the data of the parts in templates/parts
//	words.go       Indonesian sentences and their English
//	assets.go      /assets/<hash>/<file>, compressed once at start, cached for ever
//	headers.go     the strict content security policy and its companions
//
// Words and data: a field named Label or Hint holds words of the program and is translated where it is
// printed; every other text (Text, Value, Name ...) is data or already translated and printed as it is.
package web
