package certificates

import (
	"math"
	"strconv"
)

// The ornament is our own: interlaced waves in a frame, a rosette in the background, a star in place of a logo. No emblem of any body is drawn.

const (
	frameOut = 8.0  // outer line's distance from the edge
	frameIn  = 17.0 // inner line's
)

// ornament draws frame and background.
func (s *sheet) ornament() {
	s.rosette(pageWidth/2, pageHeight/2-2, 74, mix(s.primary, 0.055))
	s.frame()
}

// frame draws two lines with a band of waves between them and a flower in each corner.
func (s *sheet) frame() {
	c := s.primary
	s.SetDrawColor(c.r, c.g, c.b)
	s.SetLineWidth(0.9)
	s.Rect(frameOut, frameOut, pageWidth-2*frameOut, pageHeight-2*frameOut, "D")
	a := s.accent
	s.SetDrawColor(a.r, a.g, a.b)
	s.SetLineWidth(0.25)
	s.Rect(frameOut+1.3, frameOut+1.3, pageWidth-2*frameOut-2.6, pageHeight-2*frameOut-2.6, "D")
	s.Rect(frameIn, frameIn, pageWidth-2*frameIn, pageHeight-2*frameIn, "D")
	mid := (frameOut + 1.3 + frameIn) / 2
	corner := 5.2
	for strand, shade := range []float64{0.55, 0.35, 0.55} {
		phase := float64(strand) * math.Pi / 3
		for _, sign := range []float64{1, -1} {
			amplitude := 2.1 * sign
			s.wave(mid+corner, mid, pageWidth-mid-corner, mid, amplitude, 24, phase, mix(s.accent, shade))
			s.wave(mid+corner, pageHeight-mid, pageWidth-mid-corner, pageHeight-mid, amplitude, 24, phase, mix(s.accent, shade))
			s.wave(mid, mid+corner, mid, pageHeight-mid-corner, amplitude, 16, phase, mix(s.accent, shade))
			s.wave(pageWidth-mid, mid+corner, pageWidth-mid, pageHeight-mid-corner, amplitude, 16, phase, mix(s.accent, shade))
		}
	}
	for _, x := range []float64{mid, pageWidth - mid} {
		for _, y := range []float64{mid, pageHeight - mid} {
			s.flower(x, y)
		}
	}
}

// wave draws a sine along a straight line, periods many.
func (s *sheet) wave(x1, y1, x2, y2, amplitude float64, periods int, phase float64, c colour) {
	length := math.Hypot(x2-x1, y2-y1)
	ux, uy := (x2-x1)/length, (y2-y1)/length
	s.smooth(func(t float64) (float64, float64) {
		fade := min(1, float64(periods)*t/1.5, float64(periods)*(1-t)/1.5) // the strands run together at both ends
		d := amplitude * fade * math.Sin(2*math.Pi*float64(periods)*t+phase)
		return x1 + ux*length*t - uy*d, y1 + uy*length*t + ux*d
	}, periods*4, false, 0.16, c)
}

// smooth draws a path as steps Bezier curves that follow its direction, which takes a fifth of the bytes of short straight strokes.
func (s *sheet) smooth(at func(t float64) (x, y float64), steps int, closed bool, width float64, c colour) {
	s.SetDrawColor(c.r, c.g, c.b)
	s.SetLineWidth(width)
	const dt = 1e-5
	h := 1 / float64(steps)
	control := func(t, sign float64) (float64, float64) { // a third of a step along the tangent
		x0, y0 := at(t - dt)
		x1, y1 := at(t + dt)
		x, y := at(t)
		return x + sign*(x1-x0)/(2*dt)*h/3, y + sign*(y1-y0)/(2*dt)*h/3
	}
	// Written by ourselves: gofpdf gives curves five decimals, which doubles the file.
	k := s.GetConversionRatio()
	var b []byte
	point := func(x, y float64) {
		b = strconv.AppendFloat(b, x*k, 'f', 2, 64)
		b = append(b, ' ')
		b = strconv.AppendFloat(b, (pageHeight-y)*k, 'f', 2, 64)
		b = append(b, ' ')
	}
	point(at(0))
	b = append(b, 'm')
	for i := range steps {
		t0, t1 := float64(i)*h, float64(i+1)*h
		ax, ay := control(t0, 1)
		bx, by := control(t1, -1)
		b = append(b, '\n')
		point(ax, ay)
		point(bx, by)
		point(at(t1))
		b = append(b, 'c')
	}
	if closed {
		b = append(b, " h"...)
	}
	s.RawWriteStr(string(append(b, " S"...)))
}

// flower fills a corner of the frame.
func (s *sheet) flower(x, y float64) {
	p := s.primary
	s.curve(x, y, func(t float64) float64 { return 3.15 + 0.4*math.Cos(8*t) }, 32, 0.2, s.accent)
	s.curve(x, y, func(t float64) float64 { return 2.6 * math.Abs(math.Cos(4*t)) }, 64, 0.2, p)
	s.curve(x, y, func(t float64) float64 { return 2.6 * math.Abs(math.Sin(4*t)) }, 64, 0.2, s.accent)
	s.fill(p)
	s.Circle(x, y, 0.45, "F")
}

// rosette is a large figure of interlaced loops, so light that text over it reads well.
func (s *sheet) rosette(x, y, radius float64, c colour) {
	for ring, k := range []float64{1, 0.84, 0.66, 0.46} {
		lobes := 12.0 - 2*float64(ring%2)
		for twist := range 3 {
			phase := float64(twist) * 2 * math.Pi / lobes / 3
			s.curve(x, y, func(t float64) float64 { return radius * k * (0.86 + 0.14*math.Cos(lobes*t+phase*lobes)) }, 48, 0.3, c)
		}
	}
}

// curve draws a closed curve given by its radius over the angle.
func (s *sheet) curve(x, y float64, radius func(t float64) float64, steps int, width float64, c colour) {
	s.smooth(func(t float64) (float64, float64) {
		a := 2 * math.Pi * t
		return x + radius(a)*math.Sin(a), y - radius(a)*math.Cos(a)
	}, steps, true, width, c)
}

// emblem stands where an institution has set no logo: a plain star of eight points in two rings.
func (s *sheet) emblem(x, y, radius float64) {
	s.curve(x, y, func(float64) float64 { return radius }, 8, 0.45, s.primary)
	s.curve(x, y, func(t float64) float64 { return radius * (0.9 + 0.03*math.Cos(24*t)) }, 96, 0.18, s.accent)
	s.fill(s.primary)
	const points = 8
	for i := range 2 * points {
		r := radius * 0.74
		if i%2 == 1 {
			r = radius * 0.36
		}
		t := math.Pi * float64(i) / points
		px, py := x+r*math.Sin(t), y-r*math.Cos(t)
		if i == 0 {
			s.MoveTo(px, py)
		} else {
			s.LineTo(px, py)
		}
	}
	s.ClosePath()
	s.DrawPath("F")
	s.fill(colour{255, 255, 255})
	s.Circle(x, y, radius*0.17, "F")
	s.fill(s.accent)
	s.Circle(x, y, radius*0.1, "F")
}

// flourish is a fine line with a diamond in the middle.
func (s *sheet) flourish(x, y, half float64) {
	s.line(x-half, y, x-3, y, 0.25, s.accent)
	s.line(x+3, y, x+half, y, 0.25, s.accent)
	s.fill(s.accent)
	for _, d := range []struct{ at, size float64 }{{0, 1.15}, {-2.3, 0.5}, {2.3, 0.5}} {
		s.MoveTo(x+d.at-d.size, y)
		s.LineTo(x+d.at, y-d.size)
		s.LineTo(x+d.at+d.size, y)
		s.LineTo(x+d.at, y+d.size)
		s.ClosePath()
		s.DrawPath("F")
	}
}
