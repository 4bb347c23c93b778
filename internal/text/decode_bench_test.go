package text_test

import (
	"encoding/json"
	"testing"

	"chengqiao/internal/text"
)

// What is stored of a listing holds dozens of texts, and is read for each card, index and match.
func BenchmarkDecode(b *testing.B) {
	raw := []byte(`{"title":{"zh":"重度盐碱地生物改良剂与耐盐苜蓿种植模式","en":"Biological amendment of saline land"},"abstract":{"zh":"由腐殖酸、解盐菌剂与脱硫石膏复配的改良剂，配合耐盐苜蓿轮作，在喀什与阿克苏累计示范 3.2 万亩。","en":"An amendment of humic acid, salt-tolerant bacteria and gypsum \"in rotation\" with lucerne."},"value":{"zh":"两年使含盐量下降 46%"}}`)
	for b.Loop() {
		var c struct {
			Title, Abstract, Value text.Text
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			b.Fatal(err)
		}
	}
}
