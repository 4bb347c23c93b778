import { describe, expect, it } from 'vitest'
import type { ComparedListing } from './compared'
import { comparedRows, figuresOf, ipGroups, sameMetric, sharedMetrics, type Field } from './rows'

function listing(content: ComparedListing['content'], rest: Partial<ComparedListing> = {}): ComparedListing {
  return { head: { kind: 'achievement' } as ComparedListing['head'], content, withheld: [], ...rest }
}
const rowOf = (listings: ComparedListing[], field: Field) => comparedRows(listings).find((row) => row.field === field)
const has = (listings: ComparedListing[], field: Field) => rowOf(listings, field)?.cells.map((cell) => cell.has)

describe('the rows of a comparison', () => {
  it('leave out what no listing says', () => {
    const fields = comparedRows([listing({ trl: 6, keywords_zh: [] }), listing({ year: 2024 })]).map(({ field }) => field)
    expect(fields).toEqual(['kind', 'trl', 'year'])
  })

  it('differ where one says something else, or nothing', () => {
    expect(rowOf([listing({ trl: 6 }), listing({ trl: 6 })], 'trl')?.differs).toBe(false)
    expect(rowOf([listing({ trl: 6 }), listing({ trl: 7 })], 'trl')?.differs).toBe(true)
    expect(rowOf([listing({ trl: 6 }), listing({})], 'trl')?.differs).toBe(true)
    expect(rowOf([listing({ cooperation: ['equity', 'service'] }), listing({ cooperation: ['service', 'equity'] })], 'cooperation')?.differs).toBe(false)
  })

  it('say what the reader lacks a tier for, and do not take it for alike', () => {
    const open = listing({ price: { amount: '5.00', currency: 'CNY' } })
    const closed = listing({}, { withheld: ['price'], withheld_tiers: { price: 'MEMBERS' } })
    expect(rowOf([open, closed], 'price')).toMatchObject({ differs: true, cells: [{ has: 'value' }, { has: 'withheld', tier: 'MEMBERS' }] })
    const mode = { price_mode: 'agreement' } as const
    expect(rowOf([listing(mode), listing(mode, { withheld: ['price'] })], 'price')).toMatchObject({ differs: true, cells: [{ has: 'value' }, { has: 'value' }] })
    expect(rowOf([listing({}, { withheld: ['budget_max'] }), listing({})], 'budget')?.cells[0]).toEqual({ has: 'withheld', tier: 'NDA' })
  })

  it('have each right of a package by itself, in whatever order its components offer it', () => {
    const offering = (...exclusivities: ('SOLE' | 'OPEN')[]) => listing({ components: exclusivities.map((exclusivity) => ({ kind: 'ip', weight_bps: 5000, rights: { exclusivity } })) })
    expect(rowOf([offering('SOLE', 'OPEN'), offering('OPEN', 'SOLE')], 'exclusivity')?.differs).toBe(false)
    expect(rowOf([offering('SOLE'), offering('OPEN')], 'exclusivity')?.differs).toBe(true)
    expect(rowOf([offering('SOLE'), offering('OPEN')], 'territory')).toBeUndefined()
  })

  it('put claims about one metric beside each other, and the others together', () => {
    const first = listing({ claims: [{ metric: { zh: '循环 寿命' }, value: '3000' }, { metric: { zh: '能量密度' }, value: '180' }] })
    const second = listing({ claims: [{ metric: { zh: '循环寿命', en: 'Cycle life' }, value: '5000' }] })
    const rows = comparedRows([first, second]).filter(({ field }) => field === 'claims')
    expect(rows.map(({ metric, differs }) => [metric, differs])).toEqual([[{ zh: '循环 寿命' }, true], [undefined, true]])
    expect(has([first, second], 'claims')).toEqual(['value', 'value'])
    expect(rows[1]?.cells.map((cell) => cell.has)).toEqual(['value', 'nothing'])
  })
})

describe('figures by their metric', () => {
  const claims = [{ metric: { en: 'pH' } }, { metric: { zh: 'ＰＨ' } }, { metric: { zh: '寿命' } }, {}]

  it('are told alike however wide or large they are written', () => {
    expect(figuresOf(claims, { en: 'ph' }, [{ en: 'ph' }])).toEqual(claims.slice(0, 2))
    expect(figuresOf(claims, undefined, [{ en: 'ph' }])).toEqual(claims.slice(2))
  })

  it('are shared by two listings, not by two claims of one', () => {
    const twice = listing({ claims: [{ metric: { zh: '寿命' }, value: '1' }, { metric: { zh: '寿命' }, value: '2' }] })
    expect(sharedMetrics([twice, listing({})], 'claims')).toEqual([])
    expect(sharedMetrics([twice, twice], 'claims')).toEqual([{ zh: '寿命' }])
  })

  it('are of one metric by its name in a language that both have, Chinese before English', () => {
    const recovery = { zh: '回收率', en: 'Recovery' }
    expect(sameMetric(recovery, { en: 'recovery' })).toBe(true)
    expect(sameMetric(recovery, { zh: '回收率', en: 'Recovered share' })).toBe(true)
    expect(sameMetric(recovery, { zh: '采收率', en: 'Recovery' })).toBe(false)
    expect(sameMetric({ zh: 'COP' }, { en: 'COP' })).toBe(true)
    expect(sameMetric({}, {})).toBe(false)
  })
})

it('counts rights by kind and legal state', () => {
  const granted = { kind: 'invention', legal_state: 'granted' } as const
  expect(ipGroups([granted, { kind: 'know_how' }, granted])).toEqual([
    { kind: 'invention', state: 'granted', count: 2 },
    { kind: 'know_how', state: undefined, count: 1 },
  ])
})
