import { describe, expect, it } from 'vitest'
import { needToForm } from './needForm'
import { proposalsOf, withRead, type NeedReading } from './needReading'

const at = (...quotes: string[]) => quotes.map((quote, start) => ({ start, end: start + quote.length, quote }))
const reading: NeedReading = {
  content: {
    title: { zh: '高盐废水零排放' },
    requirements: [{ criterion: { zh: '回收率≥95%' }, metric: { zh: '回收率' }, operator: '>=', threshold: '95', unit: '%', level: 'must' }],
    budget_max: { amount: '800000.00', currency: 'CNY' },
    cooperation: ['service', 'development_joint'],
    end_on: '2027-02-23',
  },
  sources: [
    { path: 'title', passages: at('高盐废水零排放') },
    { path: 'requirements[0]', passages: at('回收率≥95%') },
    { path: 'budget_max', passages: at('80万元') },
    { path: 'cooperation', passages: at('联合开发、技术服务') },
    { path: 'end_on', passages: at('三个月内'), counted_from: '2026-11-23' },
  ],
  left_out: [],
}

describe('what was read of a text', () => {
  it('is proposed with its place in the text, and with the day a period counts from', () => {
    const proposals = proposalsOf(reading, needToForm({}))
    expect(proposals.map((each) => each.path)).toEqual(['title', 'requirements[0]', 'budget_max', 'cooperation', 'end_on'])
    expect(proposals.every((each) => !each.replaces)).toBe(true)
    expect(proposals[0]?.quotes).toEqual([])
    expect(proposals[2]?.quotes).toEqual(['80万元'])
    expect(proposals[4]?.countedFrom).toBe('2026-11-23')
  })

  it('says where something is written already, and is silent where it says the same', () => {
    const form = needToForm({ title: { zh: '我的题目', en: 'My title' }, end_on: '2027-02-23', cooperation: ['service', 'development_joint'] })
    const proposals = proposalsOf(reading, form)
    expect(proposals.map((each) => [each.path, each.replaces])).toEqual([
      ['title', true],
      ['requirements[0]', false],
      ['budget_max', false],
    ])
  })

  it('goes into the form as far as it was chosen, and replaces nothing else', () => {
    const form = needToForm({ title: { zh: '我的题目', en: 'My title' }, problem: { zh: '我写的' }, cooperation: ['equity'], requirements: [{ criterion: { zh: '防爆' }, level: 'must' }] })
    const next = withRead(form, reading, ['title', 'requirements[0]', 'cooperation', 'end_on'])
    expect(next.title).toEqual({ zh: '高盐废水零排放', en: 'My title' })
    expect(next.problem.zh).toBe('我写的')
    expect(next.budget_max).toBe('')
    expect(next.cooperation).toEqual(['equity', 'service', 'development_joint'])
    expect(next.requirements.map((each) => each.criterion.zh)).toEqual(['防爆', '回收率≥95%'])
    expect(form.requirements).toHaveLength(1)
    expect(proposalsOf(reading, next).map((each) => each.path)).toEqual(['budget_max'])
  })
})
