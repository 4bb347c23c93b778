package match

// What tests of the package's inside parts look at.
var (
	ParseUnit     = parseUnit
	ParseQuantity = parseQuantity
	Judge         = judge
	Shared        = shared
)
