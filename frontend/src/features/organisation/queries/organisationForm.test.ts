import { expect, it } from 'vitest'
import { emptyOrganisation, formToOrganisation, organisationToForm, unanswered } from './organisationForm'
import type { Organisation } from './organisations'

const organisation: Organisation = {
  id: 'o1', kind: 'institute', name: { zh: '绿洲研究所', en: 'Oasis Institute' }, credit_code: '12650100D00000128Y', region: '650100',
  website: 'https://oasis.example', about: { zh: '干旱区作物' }, contact_name: '古丽娜', state: 'unverified', version: 3,
}

it('gives back the organisation it was filled with', () => {
  const form = organisationToForm(organisation)
  expect(formToOrganisation({ ...form, kind: 'institute' })).toEqual({
    kind: 'institute', name: organisation.name, credit_code: '12650100D00000128Y', region: '650100',
    website: 'https://oasis.example', about: { zh: '干旱区作物' }, contact_name: '古丽娜',
  })
})

it('takes the credit code as it is printed, in groups and small letters', () => {
  const form = { ...emptyOrganisation(), kind: 'enterprise' as const, credit_code: ' 91650100 d00000 566e ' }
  expect(formToOrganisation(form).credit_code).toBe('91650100D00000566E')
})

it('completes a host to an address and leaves an address alone', () => {
  const typed = (website: string) => formToOrganisation({ ...emptyOrganisation(), kind: 'enterprise', website }).website
  expect(typed('www.example.cn')).toBe('https://www.example.cn')
  expect(typed('http://example.cn/a')).toBe('http://example.cn/a')
  expect(typed('  ')).toBeUndefined()
})

it('asks for what cannot be left out, and takes a name in either language', () => {
  expect(unanswered(emptyOrganisation())).toEqual(['kind', 'name', 'credit_code', 'region'])
  expect(unanswered({ ...organisationToForm(organisation), name: { zh: '', en: 'Oasis' } })).toEqual([])
})
