import { mount } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'
import { i18n, setLocale } from '@/i18n'
import { newRequirement } from '../queries/needForm'
import RequirementFields from './RequirementFields.vue'

afterEach(() => setLocale('zh-CN', false))

it('follows the language, also where it is changed in the middle of the form', async () => {
  const fields = mount(RequirementFields, { props: { modelValue: [newRequirement()] }, global: { plugins: [i18n] } })
  const levels = () => fields.findAll('fieldset fieldset label').map((each) => each.text())
  expect(levels()).toEqual(['必须', '最好'])
  await setLocale('en', false)
  await fields.vm.$nextTick()
  expect(levels()).toEqual(['Must', 'Should'])
})
