import type { Schema } from '@/api/client'
import type { Part } from '@/ui/display/SplitBar.vue'
import { wholeDigits } from '@/ui/format/number'
import { sharePercents } from '@/ui/format/share'
import type { Plan, PlanForm } from './rewards'

type Contributor = Schema<'PlanContributor'>

/** A contributor as typed: the weight is text until it is sent. */
export interface ContributorForm {
  person_id: string
  role: Contributor['role']
  weight: string
  leader: NonNullable<Contributor['leader']>
}

/** A reward plan as typed. */
export interface PlanFormState {
  base: Schema<'Rule'>['base']
  floor_bps: number
  team_bps: number
  contributors: ContributorForm[]
}

export function newContributor(): ContributorForm {
  return { person_id: '', role: 'COMPLETER', weight: '1', leader: 'none' }
}

export function planToForm(plan: Plan): PlanFormState {
  return {
    base: plan.rule.base,
    floor_bps: plan.rule.floor_bps,
    team_bps: plan.rule.team_bps ?? plan.rule.floor_bps,
    contributors: plan.contributors.map((each) => ({
      person_id: each.person_id,
      role: each.role,
      weight: String(each.weight),
      leader: each.leader ?? 'none',
    })),
  }
}

/** What was typed; a weight that is no whole number is sent as 0, which the server refuses at its place. */
export function formToPlan(form: PlanFormState): PlanForm {
  return {
    rule: { base: form.base, floor_bps: form.floor_bps, team_bps: form.team_bps },
    contributors: form.contributors.map((each) => ({
      person_id: each.person_id,
      role: each.role,
      weight: Number(wholeDigits(each.weight)),
      ...(each.leader !== 'none' && { leader: each.leader }),
    })),
  }
}

/** The weights as parts of a whole, with each share in percent. */
export function contributorWeights(contributors: ContributorForm[], name: (personId: string) => string): Part[] {
  const weights = contributors.map((each) => Number(each.weight) || 0)
  const shares = sharePercents(weights)
  return contributors.map((each, index) => ({
    key: `${index}`,
    label: each.person_id ? name(each.person_id) : '—',
    size: weights[index] ?? 0,
    figure: shares[index] ?? '',
  }))
}
