package link

import "testing"

func TestLinksAreForOneThingOnePurposeAndOneSerial(t *testing.T) {
	key := []byte("0123456789abcdef0123456789abcdef")
	s := NewSigner("saved_search", key)
	text := s.Text("feed", "01a2", 1)
	if ID(text) != "01a2" || !s.Good("feed", text, 1) {
		t.Fatal("its own link is refused")
	}
	for _, bad := range []bool{
		s.Good("feed", text, 2), s.Good("unsubscribe", text, 1), s.Good("feed", "01a3"+text[4:], 1), s.Good("feed", "", 1),
		NewSigner("letters", key).Good("feed", text, 1),
		NewSigner("saved_search", []byte("another key that is long enough!")).Good("feed", text, 1),
	} {
		if bad {
			t.Error("a link opens what it is not for")
		}
	}
}

// Links stand in letters that people keep, and in feed readers.
func TestALinkOfAnEarlierVersionStillIsGood(t *testing.T) {
	s := NewSigner("saved_search", []byte("0123456789abcdef0123456789abcdef"))
	const kept = "01a2.eePg-EEkPb4PH-uDUsy22vwgiXHKfgGvSZ_7b1AAkGo"
	if got := s.Text("feed", "01a2", 1); got != kept {
		t.Errorf("the link is %q, was %q", got, kept)
	}
}
