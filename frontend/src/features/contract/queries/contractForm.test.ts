import { expect, it } from 'vitest'
import { emptyContract, formToTerms, missingToTotal, termsToForm } from './contractForm'

const instalments = {
  type: 'licence_patent' as const,
  name: '天玉 26 品种实施许可合同',
  total: { amount: '1000000.00', currency: 'CNY' as const },
  technology_amount: { amount: '950000.00', currency: 'CNY' as const },
  payment: {
    kind: 'instalments' as const,
    instalments: [
      { amount: { amount: '300000.00', currency: 'CNY' as const }, due_on: '2026-12-31' },
      { amount: { amount: '700000.00', currency: 'CNY' as const }, milestone: '首批种子交付' },
    ],
  },
  begin_on: '2026-12-01',
}

it('gives back the terms it was filled with', () => expect(formToTerms(termsToForm(instalments))).toEqual(instalments))

it('takes the whole price as technology amount when nothing else is said', () => {
  const form = { ...emptyContract(), type: 'licence_patent' as const, name: 'x', total: '1000000.00' }
  expect(formToTerms(form).technology_amount.amount).toBe('1000000.00')
})

it('tells to the fen what the instalments still lack', () => {
  const form = termsToForm(instalments)
  form.instalments[1]!.amount = '699999.99'
  expect(missingToTotal(form)).toBe('0.01')
  form.instalments[1]!.amount = '七十万'
  expect(missingToTotal(form)).toBeNull()
})
