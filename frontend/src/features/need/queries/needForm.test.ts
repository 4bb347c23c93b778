import { expect, it } from 'vitest'
import type { Schema } from '@/api/client'
import { needTierFields, needToContent, needToForm, newRequirement } from './needForm'

const need: Schema<'NeedContent'> = {
  title: { zh: '退役电池正极再生' },
  requirements: [
    { criterion: { zh: '锂回收率', en: 'Lithium recovered' }, metric: { zh: '回收率', en: 'Recovery' }, operator: '>=', threshold: '95', unit: '%', level: 'must' },
    { criterion: { zh: '不使用强酸' }, level: 'should' },
  ],
  budget_max: { amount: '2000000.00', currency: 'CNY' },
  deadline: '2027-03-31',
  min_trl: 5,
  anonymous: true,
  audience: 'PUBLIC',
}

it('gives back what it was filled with', () => expect(needToContent(needToForm(need))).toEqual(need))

it('saves the rest while a requirement is still without its criterion', () => {
  const form = needToForm(need)
  form.requirements.push(newRequirement())
  expect(needToContent(form).requirements).toHaveLength(2)
})

it('takes a requirement whose criterion is written in English alone', () => {
  const form = needToForm(need)
  form.requirements.push({ ...newRequirement(), criterion: { zh: ' ', en: 'No strong acid' } })
  expect(needToContent(form).requirements?.[2]?.criterion).toEqual({ en: 'No strong acid' })
})

it('reads a threshold typed in full-width digits', () => {
  const form = needToForm(need)
  form.requirements[0]!.threshold = '１,２００．５'
  expect(needToContent(form).requirements?.[0]?.threshold).toBe('1200.5')
})

it('takes a threshold apart that was typed with its comparison and unit', () => {
  const form = needToForm(need)
  form.requirements[0] = { ...newRequirement(), criterion: { zh: '纯度', en: '' }, metric: { zh: '纯度', en: '' }, operator: '<=', threshold: '≥99.5%' }
  expect(needToContent(form).requirements?.[0]).toMatchObject({ operator: '>=', threshold: '99.5', unit: '%' })
})

it('leaves a range as it was typed, for its writer to mend', () => {
  const form = needToForm(need)
  form.requirements[0]!.threshold = '-40~85'
  expect(needToContent(form).requirements?.[0]?.threshold).toBe('-40~85')
})

it('offers a tier of its own for parts that a need has: another name would be refused with all that is written', () => {
  expect(Object.keys(needToForm(need))).toEqual(expect.arrayContaining(needTierFields))
})
