import { mount } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'
import { i18n, setLocale } from '@/i18n'
import { newRequirement } from '../queries/needForm'
import RequirementFields from './RequirementFields.vue'

it('shows how a threshold is taken that was typed whole, and what to do with one that is no number', async () => {
  const fields = mount(RequirementFields, { props: { modelValue: [newRequirement()], 'onUpdate:modelValue': (modelValue) => fields.setProps({ modelValue }) }, global: { plugins: [i18n] } })
  const threshold = () => fields.get<HTMLInputElement>('[data-path="requirements[0].threshold"] input')
  await threshold().setValue('不高于 −20 ℃')
  await threshold().trigger('focusout')
  expect(threshold().element.value).toBe('-20')
  expect(fields.get<HTMLSelectElement>('[data-path="requirements[0].operator"] select').element.value).toBe('<=')
  expect(fields.get<HTMLInputElement>('[data-path="requirements[0].unit"] input').element.value).toBe('℃')
  expect(fields.text()).not.toContain('请填一个数')
  await threshold().setValue('-40~85')
  expect(fields.text()).toContain('请填一个数')
})

afterEach(() => setLocale('zh-CN', false))

it('follows the language, also where it is changed in the middle of the form', async () => {
  const fields = mount(RequirementFields, { props: { modelValue: [newRequirement()] }, global: { plugins: [i18n] } })
  const levels = () => fields.findAll('fieldset fieldset label').map((each) => each.text())
  expect(levels()).toEqual(['必须', '最好'])
  await setLocale('en', false)
  await fields.vm.$nextTick()
  expect(levels()).toEqual(['Must', 'Should'])
})
