/**
 * Everything that the bot itself says, in English. What policies say stands in policies/, and is not repeated here.
 *
 * Each message is an ICU message: `{name}` is filled in, `{count, plural, one {…} other {…}}` chooses by number and
 * `{which, select, …}` by kind. Write whole sentences in each branch, so that other languages can put them otherwise.
 */
export const ENGLISH = {
  // How moments are written, as patterns of luxon: https://moment.github.io/luxon/#/formatting
  'pattern.clock': 'h:mma',
  'pattern.hour': 'ha',
  'pattern.day': 'cccc d LLLL',
  'pattern.date': 'd LLLL yyyy',

  'time.another-day': '{time} on {day}',
  'hours.from-day-to-day': '{first} to {last}',
  'hours.open': '{days}, {from} to {to}, not on bank holidays',

  'status.raised': 'Not yet acknowledged',
  'status.acknowledged': 'Acknowledged',
  'status.in-progress': 'In progress',
  'status.closed': 'Closed',
  'status.reopened': 'Reopened',
} as const;
