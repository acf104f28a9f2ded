package itemstats

import "math"

// wilson is the score interval of a proportion (Wilson 1927, JASA 22, 209-212). x may be a sum of shares between 0 and 1: no variable of that range varies more than a 0/1 variable
// of the same mean, so the interval is then wider than need be, never narrower. n > 0.
func wilson(x, n float64) (low, high float64) {
	p, zz := x/n, z95*z95
	middle := (p + zz/(2*n)) / (1 + zz/n)
	half := z95 / (1 + zz/n) * math.Sqrt(p*(1-p)/n+zz/(4*n*n))
	return max(0, middle-half), min(1, middle+half)
}

// share is a proportion with its Wilson interval, in percent; nil when nobody was asked.
func share(x float64, n int64) *Value {
	if n <= 0 {
		return nil
	}
	low, high := wilson(x, float64(n))
	return value(100*x/float64(n), 100*low, 100*high, n, warn(n, fewShare, someShare))
}

// fisher is the interval of a correlation by Fisher's z transform (Fisher 1921), standard error 1/sqrt(n-3). It assumes two normal variables; for a mark of 0 or 1 it is a fair
// approximation from some 50 sittings on, hence the warnings. Nil below four.
func fisher(r float64, n int64) *Value {
	if n < 4 || math.IsNaN(r) {
		return nil
	}
	r = max(-1, min(1, r))
	z, half := math.Atanh(r), z95/math.Sqrt(float64(n-3))
	return value(r, math.Tanh(z-half), math.Tanh(z+half), n, warn(n, fewRelation, someRelation))
}

// feldt is the interval of a reliability 1 - MSerror/MSpeople, whose (1-true)/(1-estimate) follows F with df1 = n-1 and the degrees of freedom of the error (Feldt 1965, Psychometrika 30,
// 357-370; Feldt, Woodruff & Salih 1987). Nil when there is nothing to compare.
func feldt(r float64, n int64, df2 float64) *Value {
	df1 := float64(n - 1)
	if n < 3 || df2 < 1 || math.IsNaN(r) {
		return nil
	}
	return value(r, 1-(1-r)*fQuantile(0.975, df1, df2), 1-(1-r)*fQuantile(0.025, df1, df2), n, warn(n, fewRelation, someRelation))
}

// spread is the interval of a standard deviation: the logarithm of a variance has variance about (g - (n-3)/n)/(n-1), g being the fourth moment over the squared second
// (Bonett 2006, Computational Statistics & Data Analysis 50, 775-782, with the plain instead of the trimmed mean).
func spread(sd, g float64, n int64) *Value {
	if n < 4 || sd <= 0 {
		return nil
	}
	f := float64(n)
	se := math.Sqrt(max(0, g-(f-3)/f) / (f - 1))
	w := warn(n, fewRelation, someRelation)
	if w == Fine && g > 10 {
		w = Rough
	}
	return value(sd, sd*math.Exp(-z95*se/2), sd*math.Exp(z95*se/2), n, w)
}
