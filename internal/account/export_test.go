package account

// HoldSlot takes a hashing slot until release is called, as a check that runs does.
func HoldSlot(p *Passwords) (release func()) {
	p.slots <- struct{}{}
	return func() { <-p.slots }
}
