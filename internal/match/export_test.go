package match

// What tests of the package's inside parts look at.
var (
	ParseUnit     = parseUnit
	ParseQuantity = parseQuantity
	Judge         = judge
	Shared        = shared
)

// WorthNaming tells whether a reason may name an expression.
func WorthNaming(s string) bool { return worthNaming(s) }
