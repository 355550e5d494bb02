/** Where each call of the desk is. The pages use this too, so it holds no code of a library. */
export const ENDPOINTS = {
  me: { method: 'GET', path: '/api/desk/me' },
  register: { method: 'GET', path: '/api/desk/referrals' },
  referral: { method: 'GET', path: '/api/desk/referrals/:reference' },
  act: { method: 'POST', path: '/api/desk/referrals/:reference/actions' },
  askName: { method: 'POST', path: '/api/desk/referrals/:reference/name/requests' },
  answerName: { method: 'POST', path: '/api/desk/referrals/:reference/name/answers' },
  lookAtName: { method: 'POST', path: '/api/desk/referrals/:reference/name/looks' },
  duty: { method: 'GET', path: '/api/desk/duty' },
  guidance: { method: 'GET', path: '/api/desk/guidance' },
  flow: { method: 'GET', path: '/api/desk/guidance/:flow' },
  paths: { method: 'GET', path: '/api/desk/paths' },
  report: { method: 'GET', path: '/api/desk/report' },
} as const satisfies Record<string, { readonly method: 'GET' | 'POST'; readonly path: string }>;

export type EndpointName = keyof typeof ENDPOINTS;
