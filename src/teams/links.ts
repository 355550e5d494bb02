/** Addresses by which Teams itself opens a place of Signpost. */

/** The chat with the bot. @param bot Its id in Teams, such as `28:…`. */
export function chatLink(bot: string): string {
  return `https://teams.microsoft.com/l/chat/0/0?users=${encodeURIComponent(bot)}`;
}

/** A view of the desk. @param app The id of the app in Teams. @param view Such as `/referral/K7M-2PXC`. */
export function deskLink(app: string, view: string): string {
  const context = JSON.stringify({ subEntityId: view });
  return `https://teams.microsoft.com/l/entity/${encodeURIComponent(app)}/desk?context=${encodeURIComponent(context)}`;
}
