// Package demo holds the invented demo city as the ordinary files an admin imports: city/*.csv and courses/<CODE>/.
package demo

import "embed"

// Files are the import files. All names and persons in them are invented.
//
//go:embed all:city all:courses all:people_files
var Files embed.FS
