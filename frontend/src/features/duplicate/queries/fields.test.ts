import { expect, it } from 'vitest'
import { lineOf } from './fields'

it('says a claim and a requirement as people write them', () => {
  expect(lineOf({ metric: { zh: '回收率', en: 'Recovery' }, unit: '%', value: '91', baseline: { zh: '75%' }, proof_kind: 'report' })).toBe('回收率 / Recovery · 91 % · 75%')
  expect(lineOf({ criterion: { zh: '吨水能耗' }, level: 'must', operator: '<=', threshold: '0.9', unit: 'kWh/t' }, (key, value) => (key === 'level' ? '必须' : value))).toBe('吨水能耗 · 必须 · ≤ 0.9 kWh/t')
  expect(lineOf({ level: 7, text: { zh: '中试' } })).toBe('7 · 中试')
  expect(lineOf({ person_id: 'p', name: '方晓禾', weight: 3 })).toBe('方晓禾 · 3')
})
