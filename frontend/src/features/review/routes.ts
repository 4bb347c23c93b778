import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/reviews', component: () => import('./pages/ReviewsPage.vue'), meta: { work: true, title: 'review.title' } },
  { path: '/reviews/:kind(achievement|package|need)/:id', component: () => import('./pages/ReviewPage.vue'), meta: { work: true, title: 'review.title' } },
]

export default routes
