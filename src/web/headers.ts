import helmet from 'helmet';
import type restify from 'restify';

/** For what is no page: nothing in it may run, and nobody shows it in a frame. */
const NO_PAGE = {
  'default-src': ["'none'"],
  'frame-ancestors': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
};

const YEAR_S = 365 * 24 * 60 * 60;

/**
 * Gives every answer the headers that keep a browser from what nobody meant. Pages put their own policy in its place.
 * @param isPublic Whether staff reach the server over https: they are not to come over http again.
 */
export function protect(server: restify.Server, isPublic: boolean): void {
  const headers = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: NO_PAGE },
    // Who may frame a page is said in its policy: this older header knows only one site or none.
    xFrameOptions: false,
    strictTransportSecurity: isPublic ? { maxAge: YEAR_S, includeSubDomains: false } : false,
  });
  server.pre((request, response, next) => headers(request, response, next));
}
