import { describe, expect, it } from 'vitest'
import { mergeLists } from './mergeLists'

const claim = (metric: string, value: string) => ({ metric: { zh: metric }, value })
const base = [claim('节水', '20'), claim('增产', '10'), claim('成本', '45')]
const [water, yielded, cost] = base as [object, object, object]

describe('two lists made of one', () => {
  it('have each item as who changed it left it', () => {
    const mine = [claim('节水', '22'), yielded, cost]
    const theirs = [water, yielded, claim('成本', '40')]
    expect(mergeLists(base, mine, theirs, 'mine')).toEqual({ items: [claim('节水', '22'), yielded, claim('成本', '40')], disputed: false })
  })

  it('have what either put in or took out', () => {
    const mine = [water, cost]
    const theirs = [water, yielded, claim('破损率', '3'), cost, claim('能耗', '5')]
    expect(mergeLists(base, mine, theirs, 'mine')).toEqual({ items: [water, claim('破损率', '3'), cost, claim('能耗', '5')], disputed: false })
  })

  it('keep both what two put in at one place, and once what is the same', () => {
    const same = claim('能耗', '5')
    expect(mergeLists([], [claim('甲', '1'), same], [same, claim('乙', '2')], 'mine')?.items).toEqual([same, claim('乙', '2'), claim('甲', '1')])
    expect(mergeLists(['节水'], ['节水', '滴灌'], ['节水', '棉花'], 'mine')).toEqual({ items: ['节水', '棉花', '滴灌'], disputed: false })
  })

  it.each([
    ['mine', '22'],
    ['theirs', '25'],
  ] as const)('take an item that both changed from %s, and nothing else', (side, value) => {
    const mine = [claim('节水', '22'), yielded, cost]
    const theirs = [claim('节水', '25'), yielded, claim('成本', '40')]
    expect(mergeLists(base, mine, theirs, side)).toEqual({ items: [claim('节水', value), yielded, claim('成本', '40')], disputed: true })
  })

  it.each([
    ['mine', [yielded, cost]],
    ['theirs', [claim('节水', '25'), yielded, cost]],
  ] as const)('ask about an item that one took out and the other changed: %s', (side, items) => {
    expect(mergeLists(base, [yielded, cost], [claim('节水', '25'), yielded, cost], side)).toEqual({ items, disputed: true })
  })

  it('are the same when both did the same', () => {
    expect(mergeLists(base, [water, cost], [water, cost], 'theirs')).toEqual({ items: [water, cost], disputed: false })
  })

  it('are not put together where items changed places', () => {
    expect(mergeLists(base, [cost, yielded, water], [water, yielded, claim('成本', '40')], 'mine')).toBeNull()
    expect(mergeLists(base, base, [yielded, water, cost], 'mine')).toBeNull()
  })

  it('are not put together where somebody would stand in it twice', () => {
    const person = (weight: number) => ({ person_id: 'p1', role: 'COMPLETER', weight })
    expect(mergeLists([], [person(6)], [person(4)], 'mine')).toBeNull()
    expect(mergeLists([], [{ level: 5, text: { zh: '甲' } }], [{ level: 5, text: { zh: '乙' } }], 'mine')).toBeNull()
    expect(mergeLists([], [{ level: 'must', criterion: { zh: '甲' } }], [{ level: 'must', criterion: { zh: '乙' } }], 'mine')?.items).toHaveLength(2)
  })
})
