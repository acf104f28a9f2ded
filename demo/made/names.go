package made

import "math/rand/v2"

// Names are put together from short lists of our own, with a made-up family part, so that no name is meant to be anybody's.
var (
	maleNames = []string{"Adrianta", "Bagaskara", "Candrika", "Darmawangsa", "Ekaputra", "Fadhlurra", "Ganendra", "Haryaseta", "Indrajaya", "Jatmikoro", "Kurniadi", "Lukmantara",
		"Mahardhika", "Nugraheno", "Oktavianor", "Prasetyadi", "Rangga", "Saktiawan", "Tirtayasa", "Umarulfath", "Wicaksana", "Yudhapati", "Zulfikarno", "Ardhanata", "Bramastyo", "Danurwenda",
		"Galihraka", "Hanafiarto", "Iskandaru", "Kartanegari"}
	femaleNames = []string{"Anindyasari", "Bestarina", "Citrawati", "Dewayani", "Elokmaya", "Fitrianoor", "Gantari", "Hapsarini", "Indirasmi", "Jelitawani", "Kemuningsih", "Larasmita",
		"Mayangtika", "Nawangsari", "Oktafirani", "Paramesti", "Retnowulan", "Sekarini", "Tantriani", "Utamirasa", "Widuriani", "Yanuarsih", "Zahranisa", "Arumdanti", "Bulaneka", "Damayantika",
		"Gayatrina", "Hasnawira", "Intankirana", "Kinasihning"}
	nameOnset  = []string{"Ba", "Bra", "Cen", "Da", "Dha", "Gan", "Ha", "Jo", "Ka", "Kri", "La", "Lem", "Ma", "Me", "Na", "Pa", "Pra", "Ra", "Sa", "Si", "Su", "Ta", "Tri", "Wa", "Wi", "Ya"}
	nameMiddle = []string{"bu", "da", "di", "gu", "ha", "la", "li", "lo", "ma", "na", "ngga", "nu", "ra", "ri", "ro", "sa", "su", "ta", "ti", "wa", "yu", ""}
	nameEnd    = []string{"kara", "lana", "lang", "mora", "nata", "ndara", "ngga", "nira", "rasa", "runa", "sana", "tama", "tari", "wara", "wangsa", "yana", "loka", "beru", "hadi", "priya"}
)

// name invents a name of one to three words.
func name(r *rand.Rand, woman bool) string {
	given := maleNames
	if woman {
		given = femaleNames
	}
	n := pick(r, given)
	if chance(r, 35) {
		n += " " + pick(r, nameOnset) + pick(r, nameMiddle) + pick(r, nameEnd)
	}
	return n + " " + pick(r, nameOnset) + pick(r, nameMiddle) + pick(r, nameMiddle) + pick(r, nameEnd)
}
