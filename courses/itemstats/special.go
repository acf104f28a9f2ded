package itemstats

import "math"

// Distribution functions, by the usual series and continued fractions (Abramowitz & Stegun, Handbook of Mathematical Functions, 6.5, 26.2, 26.4, 26.5).

const z95 = 1.959963984540054

// normalCDF is the probability that a standard normal variable is at most z; normalTail that it is above z, accurate far out.
func normalCDF(z float64) float64  { return math.Erfc(-z/math.Sqrt2) / 2 }
func normalTail(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// normalQuantile is the inverse of normalCDF, 0 < p < 1.
func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// incompleteBeta is the regularised incomplete beta function I_x(a, b).
func incompleteBeta(a, b, x float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	front := math.Exp(lab - la - lb + a*math.Log(x) + b*math.Log1p(-x))
	if x < (a+1)/(a+b+2) {
		return front * betaFraction(a, b, x) / a
	}
	return 1 - front*betaFraction(b, a, 1-x)/b
}

// betaFraction evaluates the continued fraction of I_x(a, b) from front to back (Lentz).
func betaFraction(a, b, x float64) float64 {
	const tiny = 1e-300
	guard := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/guard(1-(a+b)*x/(a+1))
	h := d
	for m := 1.0; m < 20000; m++ {
		step := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d = 1 / guard(1+step*d)
		c = guard(1 + step/c)
		h *= d * c
		step = -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d = 1 / guard(1+step*d)
		c = guard(1 + step/c)
		h *= d * c
		if math.Abs(d*c-1) < 1e-14 {
			break
		}
	}
	return h
}

// fQuantile is the value below which a variable of the F distribution with d1 and d2 degrees of freedom lies with probability p.
func fQuantile(p, d1, d2 float64) float64 {
	x := bisect(0, 1, func(x float64) bool { return incompleteBeta(d1/2, d2/2, x) < p })
	if x >= 1 {
		return math.Inf(1)
	}
	return d2 * x / (d1 * (1 - x))
}

// tQuantile is the quantile of Student's t for p > 0.5.
func tQuantile(p, df float64) float64 { return math.Sqrt(fQuantile(2*p-1, 1, df)) }

// chiTail is the probability that a chi-square variable is above x.
func chiTail(x, df float64) float64 {
	if x <= 0 {
		return 1
	}
	a, h := df/2, x/2
	lg, _ := math.Lgamma(a)
	front := math.Exp(a*math.Log(h) - h - lg)
	if h < a+1 {
		sum, term := 1/a, 1/a
		for n := 1.0; n < 100000 && term > sum*1e-16; n++ {
			term *= h / (a + n)
			sum += term
		}
		return max(0, 1-front*sum)
	}
	const tiny = 1e-300
	b := h + 1 - a
	c, d := 1/tiny, 1/b
	f := d
	for n := 1.0; n < 100000; n++ {
		an := -n * (n - a)
		b += 2
		if d = an*d + b; math.Abs(d) < tiny {
			d = tiny
		}
		if c = b + an/c; math.Abs(c) < tiny {
			c = tiny
		}
		d = 1 / d
		f *= d * c
		if math.Abs(d*c-1) < 1e-14 {
			break
		}
	}
	return min(1, front*f)
}

// bisect finds where below turns from true to false between low and high.
func bisect(low, high float64, below func(float64) bool) float64 {
	for range 200 {
		mid := (low + high) / 2
		if mid == low || mid == high {
			break
		}
		if below(mid) {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}
