import { describe, expect, it } from 'vitest'
import { differing } from './marks'

const marked = (text: string, other: string) =>
  differing(text, other)
    .map((piece) => (piece.marked ? `[${piece.text}]` : piece.text))
    .join('')

describe('differing', () => {
  it('marks what the other text lacks', () => {
    expect(marked('节水百分之四十二', '节水百分之四十')).toBe('节水百分之四十[二]')
    expect(marked('save 42 percent of water', 'save 40 percent of water')).toBe('save [42] percent of water')
  })

  it('takes widths and cases for the same', () => {
    expect(marked('ＡＢＣ 水', 'abc 水')).toBe('ＡＢＣ 水')
  })

  it('marks all of a text that stands alone, and nothing of none', () => {
    expect(marked('全新', '')).toBe('[全新]')
    expect(differing('', '旧')).toEqual([])
  })

  it('compares long texts by sentence', () => {
    const long = '很长的一句话。'.repeat(500)
    expect(marked(`${long}多出来的一句。`, long).endsWith('[多出来的一句。]')).toBe(true)
  })
})
