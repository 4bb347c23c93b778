import { expect, it } from 'vitest'
import { contributorWeights, formToPlan, newContributor, type PlanFormState } from './planForm'

const form: PlanFormState = {
  base: 'TOTAL', floor_bps: 7000, team_bps: 7500,
  contributors: [
    { person_id: 'p1', role: 'COMPLETER', weight: '5', leader: 'none' },
    { person_id: 'p2', role: 'CONVERTER', weight: '3', leader: 'chief' },
  ],
}

it('sends weights as whole numbers and leaves out who is no leader', () => {
  expect(formToPlan(form).contributors).toEqual([
    { person_id: 'p1', role: 'COMPLETER', weight: 5 },
    { person_id: 'p2', role: 'CONVERTER', weight: 3, leader: 'chief' },
  ])
})

it('sends a weight that is no whole number as 0, for the server to refuse at its place', () => {
  const typed = { ...form, contributors: [{ ...newContributor(), weight: '1.5' }] }
  expect(formToPlan(typed).contributors?.[0]?.weight).toBe(0)
})

it('shows each weight as its share of all', () => {
  expect(contributorWeights(form.contributors, (id) => id).map((part) => part.figure)).toEqual(['62.5%', '37.5%'])
})
