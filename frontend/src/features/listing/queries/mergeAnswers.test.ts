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
