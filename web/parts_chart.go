package web

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"rsc.io/qr"
)

// Chart shows numbers as bars (one value each) or lines over time (several series). The numbers stand in a table for
// everybody who cannot see the picture.
type Chart struct {
	Kind   string // "bars" or "lines"
	Label  string // words
	Text   string // one sentence that says what the chart shows
	Unit   string // "%", "JP"
	Max    float64
	Goal   float64  // a line to reach; 0: none
	Names  []string // one per value: units, months
	Series []Series
}

// Series of a Chart. Values pair with Chart.Names; NaN is a gap.
type Series struct {
	Name   string
	Values []float64
	Kinds  []string // bars: Success, Warn, Danger of each bar
}

// Top is the end of the scale.
func (c Chart) Top() float64 {
	if c.Max > 0 {
		return c.Max
	}
	top := c.Goal
	for _, s := range c.Series {
		for _, v := range s.Values {
			if !math.IsNaN(v) {
				top = math.Max(top, v)
			}
		}
	}
	if top <= 0 {
		return 1
	}
	step := math.Pow(10, math.Floor(math.Log10(top)))
	for _, m := range []float64{1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10} {
		if m*step >= top {
			return m * step
		}
	}
	return top
}

// Bar is one bar ready to draw.
type Bar struct {
	Name  string
	Value float64
	Share float64 // 0..100
	Kind  string
	Gap   bool
}

// Bars of the first series.
func (c Chart) Bars() []Bar {
	if len(c.Series) == 0 {
		return nil
	}
	s := c.Series[0]
	bars := make([]Bar, 0, len(c.Names))
	for i, name := range c.Names {
		b := Bar{Name: name, Gap: i >= len(s.Values) || math.IsNaN(s.Values[i])}
		if !b.Gap {
			b.Value, b.Share = s.Values[i], round(share(s.Values[i], c.Top()))
		}
		if i < len(s.Kinds) {
			b.Kind = s.Kinds[i]
		}
		bars = append(bars, b)
	}
	return bars
}

// GoalShare is the place of the goal on the scale, 0..100.
func (c Chart) GoalShare() float64 { return round(share(c.Goal, c.Top())) }

// The drawing of lines, in units of its viewBox.
const (
	chartWidth, chartHeight                    = 340.0, 190.0
	chartLeft, chartRight, chartTop, chartFoot = 34.0, 10.0, 12.0, 26.0
)

// Mark is a point, a grid line or a label of a line chart.
type Mark struct {
	X, Y  float64
	Text  string
	Value float64
	Class string
}

func (c Chart) at(i int, v float64) (x, y float64) {
	span := chartWidth - chartLeft - chartRight
	x = chartLeft + span/2
	if len(c.Names) > 1 {
		x = chartLeft + span*float64(i)/float64(len(c.Names)-1)
	}
	return round(x), round(chartTop + (chartHeight-chartTop-chartFoot)*(1-math.Min(1, math.Max(0, v/c.Top()))))
}

// Grid lines with their values, from 0 to Top.
func (c Chart) Grid() []Mark {
	marks := make([]Mark, 0, 5)
	for i := range 5 {
		v := c.Top() * float64(i) / 4
		_, y := c.at(0, v)
		marks = append(marks, Mark{X: chartLeft, Y: y, Value: v})
	}
	return marks
}

// Ticks are the labels below, thinned out so that they do not run into each other.
func (c Chart) Ticks() []Mark {
	every := 1
	for len(c.Names)/every > 7 {
		every++
	}
	var marks []Mark
	for i, name := range c.Names {
		if i%every == 0 {
			x, _ := c.at(i, 0)
			marks = append(marks, Mark{X: x, Y: chartHeight - 8, Text: name})
		}
	}
	return marks
}

// GoalY is the height of the goal line.
func (c Chart) GoalY() float64 { _, y := c.at(0, c.Goal); return y }

// Line is one series ready to draw.
type Line struct {
	Name  string
	Class string
	Path  string
	Marks []Mark
}

// Lines of all series.
func (c Chart) Lines() []Line {
	lines := make([]Line, 0, len(c.Series))
	for n, s := range c.Series {
		l := Line{Name: s.Name, Class: fmt.Sprintf("series-%d", n%4+1)}
		var path strings.Builder
		pen := "M"
		for i, v := range s.Values {
			if math.IsNaN(v) || i >= len(c.Names) {
				pen = "M"
				continue
			}
			x, y := c.at(i, v)
			fmt.Fprintf(&path, "%s%g %g", pen, x, y)
			pen = "L"
			l.Marks = append(l.Marks, Mark{X: x, Y: y, Value: v, Text: c.Names[i], Class: l.Class})
		}
		l.Path = path.String()
		lines = append(lines, l)
	}
	return lines
}

// Cell is the value of a series at a name, NaN when there is none.
func (s Series) At(i int) float64 {
	if i < len(s.Values) {
		return s.Values[i]
	}
	return math.NaN()
}

func round(v float64) float64 { return math.Round(v*10) / 10 }

// qrSVG draws a QR code as one path. The text is data; only its modules come out.
func qrSVG(text, label string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("draw QR: %w", err)
	}
	const quiet = 4
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			if !code.Black(x, y) {
				continue
			}
			run := 1
			for x+run < code.Size && code.Black(x+run, y) {
				run++
			}
			fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
			x += run
		}
	}
	size := code.Size + 2*quiet
	return template.HTML(fmt.Sprintf(`<svg class="qr" viewBox="0 0 %d %d" role="img" aria-label="%s" shape-rendering="crispEdges">`+
		`<rect width="%d" height="%d" fill="#fff"/><path d="%s" fill="#000"/></svg>`,
		size, size, template.HTMLEscapeString(label), size, size, path.String())), nil
}
