package analysis

// greek are the names of Greek letters as they are folded. A letter by itself is a name,
// which people write out where they cannot type it: γ射线 and gamma rays, α-Fe2O3 and
// alpha Fe2O3.
var greek = map[string]string{
	"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
	"ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi",
	"ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}

// writtenOut is a word, or the name of the Greek letter that it is.
func writtenOut(word string) string {
	if name, ok := greek[word]; ok {
		return name
	}
	return word
}
