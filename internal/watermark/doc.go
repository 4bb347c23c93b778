// Package watermark draws who reads, and when, over every page of a PDF and
// over images. The work is done by a process of its own (Child, which the
// program starts of itself) with bounded memory and time: a hostile file ends
// that process and nothing else.
//
// The text is drawn as a picture with a font of the machine, so that Chinese
// names need no font in the program. Where the machine has none with the signs
// of a line, the line's Latin form stands for it (an address, a credit code).
package watermark
