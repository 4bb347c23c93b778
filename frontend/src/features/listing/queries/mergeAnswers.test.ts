import { expect, it } from 'vitest'
import { mergeAnswers } from './mergeAnswers'

const base = { title: { zh: '甲' }, theme: '寒区', price: { amount: '1.00' }, year: 2024 }

it('takes each answer from who changed it', () => {
  const mine = { ...base, title: { zh: '我的' } }
  const theirs = { ...base, theme: '盐碱地', region: '650100' }
  expect(mergeAnswers(base, mine, theirs, 'mine')).toEqual({ answers: { ...base, title: { zh: '我的' }, theme: '盐碱地', region: '650100' }, joined: ['theme', 'region'], disputed: [] })
})

it('takes an answer away that one of both took away', () => {
  const without = { title: base.title, price: base.price, year: base.year }
  expect(mergeAnswers(base, base, without, 'mine')).toMatchObject({ joined: ['theme'], answers: { title: { zh: '甲' } } })
  expect(mergeAnswers(base, base, without, 'mine').answers).not.toHaveProperty('theme')
  expect(mergeAnswers(base, without, base, 'mine')).toEqual({ answers: without, joined: [], disputed: [] })
})

it('names what both changed, and takes it from the preferred side', () => {
  const mine = { ...base, title: { zh: '我的' }, year: 2025 }
  const theirs = { ...base, title: { zh: '别人的' }, year: 2025 }
  expect(mergeAnswers(base, mine, theirs, 'mine')).toEqual({ answers: mine, joined: [], disputed: ['title'] })
  expect(mergeAnswers(base, mine, theirs, 'theirs')).toEqual({ answers: theirs, joined: [], disputed: ['title'] })
})

it('puts a list together item by item, and names it where both changed one item', () => {
  const list = { ...base, claims: [{ value: '1' }, { value: '2' }] }
  const mine = { ...list, claims: [{ value: '1a' }, { value: '2' }] }
  expect(mergeAnswers(list, mine, { ...list, claims: [{ value: '1' }, { value: '2b' }] }, 'mine')).toEqual({ answers: { ...base, claims: [{ value: '1a' }, { value: '2b' }] }, joined: ['claims'], disputed: [] })
  expect(mergeAnswers(list, mine, { ...list, claims: [{ value: '1b' }, { value: '2b' }] }, 'mine')).toEqual({ answers: { ...base, claims: [{ value: '1a' }, { value: '2b' }] }, joined: [], disputed: ['claims'] })
})

it('joins lists that both began, and leaves out one that both emptied', () => {
  expect(mergeAnswers(base, { ...base, keywords: ['滴灌'] }, { ...base, keywords: ['棉花'] }, 'mine').answers).toMatchObject({ keywords: ['棉花', '滴灌'] })
  const list = { keywords: ['滴灌', '棉花'] }
  expect(mergeAnswers(list, { keywords: ['滴灌'] }, { keywords: ['棉花'] }, 'mine')).toEqual({ answers: {}, joined: ['keywords'], disputed: [] })
})
