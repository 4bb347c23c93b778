import { parseFen } from '@/ui/format/money'
import type { ContractTerms, Receipt } from './contracts'

/** A part of the price, with what has come in for it; amounts in fen. */
export interface Due {
  amount: bigint
  paid: bigint
  due_on?: string
  state: 'settled' | 'overdue' | 'part' | 'open'
}

const fen = (amount: string) => parseFen(amount) ?? 0n

/** What a receipt still holds after its refunds. */
function kept(receipt: Receipt, movements: Receipt[]): bigint {
  return movements.filter((each) => each.receipt_id === receipt.id && each.type === 'REFUND').reduce((left, each) => left - fen(each.gross.amount), fen(receipt.gross.amount))
}

/**
 * The payment plan of a contract, a lump sum being one part, and how far the bank has met it: first what a receipt says
 * it was paid for, then in the plan's order what is left.
 */
export function paymentPlan(terms: ContractTerms, movements: Receipt[], today: string): Due[] {
  const { kind, due_on, instalments = [] } = terms.payment
  const parts = kind === 'lump_sum' ? [{ amount: terms.total, due_on }] : instalments
  const dues: Due[] = parts.map((each) => ({ amount: fen(each.amount.amount), paid: 0n, due_on: each.due_on, state: 'open' }))
  let rest = 0n
  for (const each of movements.filter(({ type }) => type === 'RECEIPT')) {
    const named = each.instalment ? dues[each.instalment - 1] : undefined
    if (named) named.paid += kept(each, movements)
    else rest += kept(each, movements)
  }
  for (const due of dues) {
    if (due.paid > due.amount) {
      rest += due.paid - due.amount
      due.paid = due.amount
    }
  }
  for (const due of dues) {
    const lacking = due.amount - due.paid
    const taken = rest < lacking ? rest : lacking
    due.paid += taken
    rest -= taken
    if (due.paid === due.amount) due.state = 'settled'
    else if (due.due_on && due.due_on < today) due.state = 'overdue'
    else if (due.paid > 0n) due.state = 'part'
  }
  return dues
}

/** What has not come in yet, in fen. */
export function outstanding(dues: Due[]): bigint {
  return dues.reduce((sum, each) => sum + each.amount - each.paid, 0n)
}
