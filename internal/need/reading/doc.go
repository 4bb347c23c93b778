// Package reading reads the text of a technical need as somebody wrote it elsewhere, in a
// form, a message or a call, and proposes what the need's form asks for. It knows no
// market and asks nobody: the same text of the same day is read the same.
//
// What it is not sure of it does not propose, and leaves in the problem's text; no word
// of the text is lost but what is personal (names of contacts, telephones, addresses),
// which is left out and said to be. Each proposal names the passages it was read from.
//
// Headings and cues are data (config/need_reading.yaml); how much and where are read by
// quantity and gazetteer, as matching reads them.
package reading
