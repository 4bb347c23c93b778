import type { Schema } from '@/api/client'
import { fenToDecimal, parseFen } from '@/ui/format/money'

type Terms = Schema<'ContractTerms'>

/** An instalment as it is typed. */
export interface InstalmentForm {
  amount: string
  due_on: string
  milestone: string
}

/** The terms of a contract as they are typed; amounts are decimal strings or empty, and so is a type that nobody has chosen. */
export interface ContractForm {
  type: Terms['type'] | ''
  name: string
  total: string
  technology_amount: string
  kind: Terms['payment']['kind']
  due_on: string
  instalments: InstalmentForm[]
  begin_on: string
  end_on: string
  related_party: boolean
  technical_field: string
  notes: string
}

export function newInstalment(): InstalmentForm {
  return { amount: '', due_on: '', milestone: '' }
}

export function emptyContract(): ContractForm {
  return {
    type: '', name: '', total: '', technology_amount: '', kind: 'lump_sum', due_on: '', instalments: [],
    begin_on: '', end_on: '', related_party: false, technical_field: '', notes: '',
  }
}

export function termsToForm(terms: Terms): ContractForm & { type: Terms['type'] } {
  return {
    ...emptyContract(),
    type: terms.type,
    name: terms.name,
    total: terms.total.amount,
    technology_amount: terms.technology_amount.amount,
    kind: terms.payment.kind,
    due_on: terms.payment.due_on ?? '',
    instalments: (terms.payment.instalments ?? []).map((each) => ({
      amount: each.amount.amount,
      due_on: each.due_on ?? '',
      milestone: each.milestone ?? '',
    })),
    begin_on: terms.begin_on ?? '',
    end_on: terms.end_on ?? '',
    related_party: terms.related_party ?? false,
    technical_field: terms.technical_field ?? '',
    notes: terms.notes ?? '',
  }
}

const cny = (amount: string) => ({ amount: amount || '0.00', currency: 'CNY' as const })

/** What was typed as the contract's terms; unanswered questions are left out. */
export function formToTerms(form: ContractForm & { type: Terms['type'] }): Terms {
  return {
    type: form.type,
    name: form.name.trim(),
    total: cny(form.total),
    technology_amount: cny(form.technology_amount || form.total),
    payment:
      form.kind === 'lump_sum'
        ? { kind: 'lump_sum', ...(form.due_on && { due_on: form.due_on }) }
        : {
            kind: 'instalments',
            instalments: form.instalments.map((each) => ({
              amount: cny(each.amount),
              ...(each.due_on && { due_on: each.due_on }),
              ...(each.milestone.trim() && { milestone: each.milestone.trim() }),
            })),
          },
    ...(form.begin_on && { begin_on: form.begin_on }),
    ...(form.end_on && { end_on: form.end_on }),
    ...(form.related_party && { related_party: true }),
    ...(form.technical_field && { technical_field: form.technical_field }),
    ...(form.notes.trim() && { notes: form.notes.trim() }),
  }
}

/** What the instalments still lack to the total, as a decimal string; null while something typed is no amount. */
export function missingToTotal(form: ContractForm): string | null {
  const total = parseFen(form.total)
  const parts = form.instalments.map((each) => parseFen(each.amount || '0'))
  if (total === null || parts.some((part) => part === null)) return null
  return fenToDecimal(parts.reduce<bigint>((left, part) => left - (part ?? 0n), total))
}
