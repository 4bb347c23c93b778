import { describe, expect, it } from 'vitest'
import { difference, type Stretch } from './difference'
import { changes } from './versionText'

const before = (parts: Stretch[]): string => parts.filter((each) => each.kind !== 'added').map((each) => each.text).join('')
const after = (parts: Stretch[]): string => parts.filter((each) => each.kind !== 'removed').map((each) => each.text).join('')
const marked = (parts: Stretch[]): string => parts.map((each) => ({ same: each.text, removed: `[-${each.text}-]`, added: `[+${each.text}+]` })[each.kind]).join('')

describe('difference', () => {
  it('marks Chinese character by character', () => {
    expect(marked(difference('期限三十六个月', '期限二十四个月'))).toBe('期限[-三-][+二+]十[-六-][+四+]个月')
  })

  it('marks words and numbers whole', () => {
    expect(marked(difference('capacity 61.5 % at low cost', 'capacity 72.5 % at cost'))).toBe('capacity [-61.5-][+72.5+] % at[- low-] cost')
  })

  it('shows a text that came and one that went', () => {
    expect(difference('', '新的一句')).toEqual([{ kind: 'added', text: '新的一句' }])
    expect(difference('旧的一句', '')).toEqual([{ kind: 'removed', text: '旧的一句' }])
    expect(difference('', '')).toEqual([])
    expect(difference('不变', '不变')).toEqual([{ kind: 'same', text: '不变' }])
  })

  it('loses nothing of either text, whatever they are', () => {
    const alphabet = ['电', '池', ' ', 'a', 'b1', '。', '\n', '3.5', '—', '🙂']
    let seed = 7
    const random = (limit: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % limit
    const text = (): string => Array.from({ length: random(40) }, () => alphabet[random(alphabet.length)]).join('')
    for (let round = 0; round < 300; round++) {
      const [one, two] = [text(), text()]
      const parts = difference(one, two)
      expect([before(parts), after(parts)]).toEqual([one, two])
      for (const [index, each] of parts.entries()) expect(each.text !== '' && each.kind !== parts[index + 1]?.kind).toBe(true)
    }
  })

  it('does not freeze over two long texts', () => {
    const long = (word: string): string => Array.from({ length: 4000 }, (_, index) => `${word}${index}`).join(' ')
    const kept = '这一句没有变。'
    const parts = difference(`${long('a')}。${kept}`, `${long('b')}。${kept}`)
    expect([before(parts), after(parts)]).toEqual([`${long('a')}。${kept}`, `${long('b')}。${kept}`])
    expect(parts.at(-1)).toEqual({ kind: 'same', text: kept })
  })
})

describe('changes', () => {
  it('puts both versions beside each other, what went where it stood', () => {
    const before = [
      { field: 'title', language: 'zh', text: '滴灌' },
      { field: 'theme', text: '节水' },
      { field: 'price', text: '¥1.00' },
    ] as const
    const after = [
      { field: 'title', language: 'zh', text: '滴灌' },
      { field: 'title', language: 'en', text: 'Drip' },
      { field: 'price', text: '¥2.00' },
    ] as const
    expect(changes([...before], [...after]).map((each) => [each.field, each.language, each.before, each.after])).toEqual([
      ['title', 'zh', '滴灌', '滴灌'],
      ['theme', undefined, '节水', ''],
      ['title', 'en', '', 'Drip'],
      ['price', undefined, '¥1.00', '¥2.00'],
    ])
  })
})
