import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/sign-in', component: () => import('./pages/SignInPage.vue'), meta: { title: 'account.signIn.title' } },
  { path: '/register', component: () => import('./pages/RegisterPage.vue'), meta: { title: 'account.register.title' } },
  { path: '/verify-email', component: () => import('./pages/VerifyEmailPage.vue'), meta: { title: 'account.verify.title' } },
  { path: '/reset-password', component: () => import('./pages/ResetPasswordPage.vue'), meta: { title: 'account.reset.title' } },
  { path: '/claim', component: () => import('./pages/ClaimPage.vue'), meta: { work: true, title: 'account.claim.title' } },
  { path: '/profile', component: () => import('./pages/ProfilePage.vue'), meta: { work: true, title: 'shell.nav.profile' } },
]

export default routes
