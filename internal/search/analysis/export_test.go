package analysis

// LookAtAll makes the marker look at every word, whatever it begins with.
func (m *Marker) LookAtAll() {
	m.begins.addAll()
	m.parts.addAll()
}
