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

  'duty.not-in-team':
    'Only members of the team that {trust} has named for this can go on duty here. You are not in it. If you should be, ask whoever keeps that team. Nothing was changed.',
  'duty.team-unknown':
    'Teams does not tell me just now whether you may go on duty here. Nothing was changed. Try again in a minute.',
  'team.ready-for-duty': 'Members of this team can go on duty for {trusts}',
  'team.how-to-go-on-duty': 'Open a chat with me and type “on duty”.',
  'team.no-referrals-here': 'Referrals are not posted in this team.',

  'status.raised': 'Not yet acknowledged',
  'status.acknowledged': 'Acknowledged',
  'status.in-progress': 'In progress',
  'status.closed': 'Closed',
  'status.reopened': 'Reopened',

  // Buttons, labels and choices that several cards share.
  'button.danger': 'Someone is at risk now',
  'button.all-topics': 'All topics',
  'button.back': 'Back',
  'button.start-again': 'Start again',
  'button.change': 'Change',
  'button.change-what': 'Change: {label}',
  'button.take-back': 'Take back',
  'button.take-back-what': 'Take back: {question}',
  'button.try-again': 'Try again',
  'button.my-referrals': 'My referrals',
  'button.on-duty': 'On duty',
  'button.who-is-on-duty': 'Who is on duty',
  'button.change-trust': 'Change Trust',
  'button.hand-over': 'Hand over',
  'button.acknowledge': 'Acknowledge: I have this',
  'button.take-on': 'Take it on',
  'button.close': 'Close',
  'button.reopen': 'Reopen',
  'button.answer': 'Answer',
  'button.refresh': 'Refresh',
  'form.few-words': 'Write a few words',
  'form.choose-colleague': 'Choose a colleague',
  'form.type-a-name': 'Type a name',
  'form.type-to-find': 'Type to find it',
  'form.choose-department': 'Choose a {departmentWord}',
  'form.until-when': 'Say until when',
  'form.please-mend': 'Please mend this',
  'safe.yes': 'Yes, and to leave a message',
  'safe.no-message': 'Yes, but do not leave a message',
  'safe.no': 'No, do not ring',
  'told.nobody': 'Nobody yet',
  'told.police': 'Police',
  'told.social-care': 'Social care',
  'told.senior': 'Someone senior where I work',
  'told.other': 'Someone else',
  'about.no': 'No',
  'about.yes': 'Yes, someone in charge there',
  'about.channel': 'Yes, someone in the safeguarding team',
  'about.i-am-unsure': 'I am not sure, or would rather not say',
  'not-a-report': 'This is not a report to the police or to social care.',
  'trust.which': 'Which Trust do you work for?',

  'choose-organisation.first-tell':
    'This may be about someone at risk. Ring first, then tell someone senior. I can say more once I know which Trust you work for.',
  'choose-organisation.change-later': 'You can change this later: type change Trust.',

  'desk.what-happened': 'What happened',
  'desk.asks-to-withdraw': 'The person who raised this asks to withdraw it',
  'desk.you-decide': 'Nothing has stopped. You decide: go on with it, or close it.',
  'desk.go-on': 'Go on with it',
  'desk.why-go-on': 'Why does this go on?',
  'desk.they-see': 'The person who raised this will see what you write here.',
  'desk.tell-goes-on': 'Tell them that it goes on',
  'desk.to-reach': 'To reach the person who raised this',
  'desk.already-told': 'Already told, says the person who raised this',
  'desk.who-reports':
    'Raising this here is not a report to the police or to social care. Decide now who makes that report, if one is needed.',
  'desk.what-they-answered': 'What they answered',
  'desk.ask': 'Ask the reporter',
  'desk.not-answered-yet': 'They have not answered the last question yet. A new one takes its place.',
  'desk.your-question': 'Your question',
  'desk.question-reaches':
    'It reaches the person who raised this in their own chat, with your name. Their answer comes back here.',
  'desk.send-question': 'Send question',
  'desk.add-note': 'Add a note',
  'desk.your-note': 'Your note',
  'desk.note-is-yours': 'The person who raised this cannot see notes. Leave out names and numbers of patients.',
  'desk.save-note': 'Save note',
  'desk.refer-on': 'Refer on',
  'desk.who-was-told': 'Who has been told?',
  'desk.choose-who-was-told': 'Choose who has been told',
  'desk.their-number': 'Their reference number, if they gave one',
  'desk.refer-on-records': 'This records that you have told them. It does not tell the police or social care for you.',
  'desk.record-it': 'Record it',
  'desk.which-colleague': 'Ask which colleague to take this on?',
  'desk.stays-yours': 'It stays yours until they take it on.',
  'desk.ask-them': 'Ask them',
  'desk.what-outcome': 'What was the outcome?',
  'desk.they-see-outcome':
    'The person who raised this will see what you write here. Leave out names and numbers of patients.',
  'desk.close-this': 'Close this referral',

  'duty-board.nobody': 'Nobody is on duty anywhere. What staff raise goes at once to whoever is told next.',

  'duty.headline': 'On duty',
  'duty.come-off-where': 'Come off duty: {department}',
  'duty.come-off': 'Come off',
  'duty.go-on-where': 'Go on duty for which {departmentWord}?',
  'duty.until': 'Until when? (today, or tomorrow if the time has passed)',
  'duty.no-colleague': 'To hand over, ask your colleague to type “on duty” to Signpost, and then come off here.',
  'duty.go-on': 'Go on duty',
  'duty.ask-colleague': 'Ask a colleague to take over. You stay on duty until they accept.',
  'duty.which-colleague': 'Which colleague?',
  'duty.not-in-list': 'They are not in the list? Ask them to type “on duty” to Signpost once.',
  'duty.come-off-all': 'Come off duty for all',

  'message.you-typed': 'What you typed, so that you can copy it:',

  'my-referrals.headline': 'My referrals',

  'notice.until': 'Until when would you be on duty?',
  'notice.accept': 'Accept: I take over',
  'notice.decline': 'Decline',
  'notice.change-duty': 'Hand over or change the time',

  'nudge.open': 'Open the referral',

  'offer.headline': 'I think you mean',
  'offer.start': 'Start',
  'offer.others': 'Or is it one of these?',
  'offer.guidance-only': "This is guidance from your Trust's policy. It is not an emergency service.",
  'offer.none': 'None of these',

  'outcome.policy-silent': 'What the policy does not say',
  'outcome.raise': 'Raise this',
  'outcome.did-you-mean': 'If nobody is at risk, did you mean one of these?',
  'outcome.show-policy': 'Show the policy behind this',
  'outcome.go-back': 'Go back to where I was',

  'question.understood': 'What I have understood already',
  'question.why': 'Why we ask: {why}',

  'raise-check.headline': 'Check your answers, then send',
  'raise-check.who-gets-it': 'Who this goes to',
  // The name of whoever raises it stands between these two, in bold.
  'raise-check.raising-as': 'You are raising this as ',
  'raise-check.raising-as-after': '. On a shared computer, check that this is you.',
  'raise-check.confidential':
    'Only the people who deal with this will see it. We cannot promise to keep it confidential: it may be shared if someone is at risk, or if the law says so.',
  'raise-check.send': 'Send',
  'raise-check.do-not-send': 'Do not send',

  'raise-form.headline': 'Raise this',
  'raise-form.which-department': 'Which {departmentWord} is this about?',
  'raise-form.leave-out':
    'Leave out names, dates of birth, NHS numbers, hospital numbers and bed numbers. The person who rings you will ask.',
  'raise-form.what-happened': 'What happened?',
  'raise-form.what-you-saw': 'What you saw or heard, where and when',
  'raise-form.say-what-happened': 'Say what happened, in a few words',
  'raise-form.call-back': 'A number to ring you on (if you want a call)',
  'raise-form.call-back-if-shown': 'A number to ring you on (only if your name is shown)',
  'raise-form.extension': 'Extension, bleep or mobile',
  'raise-form.safe': 'Is it safe to ring this number?',
  'raise-form.told': 'Who has been told already?',
  'raise-form.about': 'Is this about someone who would be told?',
  'raise-form.say-about': 'Say whether this is about someone who would be told',
  'raise-form.goes-round': 'If it may be about one of them, it goes round them.',
  'raise-form.check': 'Check your answers',
  'raise-form.keep-name': 'You can keep your name from those who get this. If you do:',
  'raise-form.your-name': 'Your name',
  'raise-form.show-it': 'Show it to those who get this',
  'raise-form.keep-it': 'Keep it from those who get this',
  'raise-form.say-name': 'Say whether your name is shown',

  'kept-name.instead': 'Name kept confidential',
  'kept-name.who-reads-what':
    'Those who get this, such as the {role} and the safeguarding team, read “{words}” in place of your name.',
  'kept-name.relay': 'They can ask you things here, and you can answer. It all goes through me, without your name.',
  'kept-name.no-ringing': 'Nobody can ring you. A number would show who you are.',
  'kept-name.never-a-promise':
    'It is never a full promise. Your name may have to be opened if someone is at risk, or if the law says so. I know who you are, so that I can reach you. Those who run me can be made to find out.',
  'kept-name.who-can-open':
    'At the desk only two safeguarding leads together can open it: one says why, and another agrees. I tell you at once if they do, who they were and why.',
  'kept-name.nobody-can-open':
    'It may be about someone in the safeguarding team, so no safeguarding lead can open your name at the desk.',
  'kept-name.guesses': 'What you write may show who you are, and people where you work may guess.',
  'kept-name.kept': 'Kept from those who get this',
  'kept-name.is-kept': 'Your name is kept from those who get this',
  'kept-name.cannot': 'Your name cannot be kept here. Nothing was sent. If you send this now, your name is shown.',
  'kept-name.in-words': 'Your name is in what you wrote. Take it out, or choose to show your name.',
  'kept-name.number': 'A number would show who you are. Take it out, or choose to show your name.',
  'kept-name.own':
    'You raised this yourself. It came to you as to everybody on duty, so that nobody can tell. Only you see this line.',
  'kept-name.cannot-be-rung':
    'They keep their name, so they cannot be rung. Press “Ask the reporter”: it reaches them in Teams.',
  'raise-form.back': 'Back to the answer',

  'reporter.label': 'Referral {reference}',
  'reporter.asks-you': '{asker} asks you',
  'reporter.your-answer': 'Your answer',
  'reporter.send-answer': 'Send answer',
  'reporter.not-a-report':
    'This is not a report to the police or to social care. If someone should tell them, that still has to be done.',
  'reporter.add': 'Add something',
  'reporter.what-to-add': 'What do you want to add?',
  'reporter.they-see': 'Those who have this will see it. Leave out names and numbers of patients.',
  'reporter.send-it': 'Send it',
  'reporter.ask-to-withdraw': 'Ask to withdraw',
  'reporter.why-withdraw': 'Why would you like to withdraw this?',
  'reporter.team-decides':
    'The team decides. Nothing stops meanwhile, and it may go on if somebody could come to harm.',
  'reporter.ask': 'Ask',

  'welcome.how': 'Type your question in your own words, or choose a topic.',
  'welcome.fold': '{title}: show or hide its topics',
  'welcome.commands': 'You can also type: {commands}.',

  'answers.headline': 'Your answers',

  'contacts.headline': 'Who to contact',

  'timeline.headline': 'What has happened',

  'typed.not-kept':
    'You typed something that may identify a person. I have not kept it. Please leave such details out next time.',
  'typed.may-be-danger': 'This may be about someone at risk, so here is what to do first.',
  'attached.not-opened':
    'I have not opened what you attached. I cannot look at pictures or files. Do not copy it, forward it or look at it again. Please do not send any that show patients.',
  'attached.headline': 'I have not opened what you sent',
  'attached.still-in-chat':
    'I cannot look at pictures or files, and I do not fetch them. What you sent is still in this chat, where you put it.',
  'attached.do-not-copy': 'Do not copy it, forward it or look at it again.',
  'attached.indecent':
    'If it is an indecent picture of a child or young person, do not delete it. Press “Someone is at risk now”.',
  'attached.say-in-words': 'If it is anything else, tell me in words what you want to know.',
  'attached.say-in-words-again':
    'If it is anything else, tell me in words what you want to know. To use “{text}”, type it again by itself.',
  'no-answer.headline': 'I do not have an answer to that',
  'no-answer.only-know':
    'I only know what {trust} says about social media, filming and online harm. It may be that its policy does not cover this.',
  'no-answer.ask-senior': 'Ask a senior colleague you trust, put it in other words, or press All topics.',

  'in-team.ask-in-chat': 'Ask me in a chat of your own',
  'in-team.stays-with-you':
    'I answer questions only in a chat between you and me, so that what you ask stays with you. Open my name and choose Chat.',
  'in-team.can-ask-board': 'Here you can ask me “who is on duty”.',
  'in-team.which-trust': 'Which Trust?',
  'in-team.several-trusts':
    'This team receives referrals from more than one. Say which is yours in a chat between you and me: open my name and choose Chat.',
  'in-team.ask-again': 'Then ask here again.',
  'trust.only-one': 'You can only ask about {trust} here.',
  'trust.cannot-choose': 'That Trust is not one that you can choose here.',

  'press.below': 'What to do is in the message below.',
  'press.referrals-below': 'Your referrals are in the message below.',
  'press.comes-below': 'It comes as a new message below.',
  'press.not-your-referral': 'That referral is not yours, and was not sent to you.',
  'press.not-sent-to-you': 'This referral was not sent to you.',
  'unknown-press.headline': 'I did not understand that button',
  'unknown-press.older-card': 'It may be from an older card. Choose a topic, or type your question again.',
  'old-card.other-trust': 'This card is for another Trust',
  'old-card.now-ask-about': 'You now ask about {trust}. Press All topics, or type change Trust.',
  'old-card.changed': 'This guidance has changed',
  'old-card.please-start-again':
    'It was changed after your card was drawn. Please start again, so that your answer is right.',
  'old-card.start-again': 'Start again: {topic}',

  'danger.ring-now': 'Ring {emergency} now if someone is in danger',
  'danger.if-ring-now': 'If someone is in danger, ring {emergency} now.',
  'danger.then-tell':
    'Then tell someone senior. I can say more once I know which Trust you work for: press All topics.',
  'speaker.unknown': 'Teams did not say who you are, so I cannot help here.',
  'speaker.not-set-up': 'Signpost is not set up for your organisation.',
  'speaker.no-name': 'A member of staff',
  'fault.headline': 'I could not do that',
  'fault.our-end': 'Something is wrong at our end.',
  'fault.try-again': 'Please try again. If it happens again, tell your IT service desk the reference below.',
  'fault.typed-is-kept':
    'What you typed is kept behind Try again. If it happens again, tell your IT service desk the reference below.',
  'fault.reference': 'Reference {reference}',

  'form.choose-from-list': 'Choose a {department} from the list.',
  'form.shorten': 'Please shorten this: {longest, number} characters fit. Nothing was saved.',
  'form.cut': 'Your text was longer than a card can hold: only its beginning is kept here.',

  'duty.say-until-when': 'Say until when, as a time such as 19:30.',
  'duty.you-are-on': 'You are on duty for {place}. Come off here when you hand over.',
  'duty.you-are-off': 'You are off duty now.',
  'duty.you-are-off-for': 'You are off duty for {place} now.',
  'duty.were-not-on': 'You were not on duty.',
  'duty.they-are-asked': 'They have been asked. You stay on duty until they accept.',
  'duty.choose-colleague': 'Choose a colleague from the list. You are still on duty.',
  'duty-ends.headline': 'Your duty for {place} ends at {until}',
  'duty-ends.still-open':
    '{count, plural, one {One referral is still open: {references}.} other {{count, number} referrals are still open: {references}.}}',
  'duty-ends.hand-over': 'Hand over before you go, or stay on longer.',

  // Handing a duty over: what a colleague is asked, what came of it, and what each of the two is told.
  'take-over.asks': '{from} asks you to take over {place}',
  'take-over.until': 'They are on duty there until {until}. Until you accept, they still are.',
  'take-over.comes-to-you': 'What nobody has acknowledged there comes to you when you accept.',
  'take-over.has-taken': '{to} has taken over {place}',
  'take-over.you-are-off':
    'You are off duty there. What you have acknowledged stays yours: hand it over on its own card.',
  'take-over.cannot': '{to} cannot take over {place}',
  'take-over.still-on': 'You are still on duty there. Ask somebody else.',
  'take-over.accepted': 'You are on duty for {place}',
  'take-over.accepted-means': '{from} is off duty there. What nobody has acknowledged comes to you here.',
  'take-over.declined': 'You have declined',
  'take-over.declined-means': '{from} has been told, and is still on duty for {place}.',
  'take-over.too-late': 'This was settled already',
  'take-over.too-late-means':
    '{from} is not waiting for an answer any more. To go on duty all the same, type “on duty”.',
  'take-over.not-yours': 'This was not asked of you',
  'take-over.nothing-changed': 'Nothing was changed.',

  // What a team, or whoever can mend its channels, is told.
  'team.not-set-up': 'This team is not set up to receive referrals',
  'team.name-it':
    'Whoever runs Signpost must name this team in the setting SAFEGUARDING_TEAMS. Its group id is {group}.',
  'team.nothing-until': 'Until then nothing is sent here.',
  'team.ready': 'Signpost is ready in this team',
  'team.posted-in':
    'Referrals from {trusts} are posted in the {count, plural, one {channel “{channels}”.} other {channels “{channels}”.}}',
  'team.can-act': 'Members of this team can acknowledge, take on and close them there.',
  'team.no-channel': 'This team has no channel “{channels}”',
  'team.make-channel':
    'Referrals from {trusts} cannot be posted until it is there. Make a channel with exactly that name: I will find it at once.',
  'channel.until-then': 'Until then staff are told that the channel could not be reached, and whom to ring.',
  'no-channel.headline': 'There is no channel “{name}”',
  'no-channel.means': 'Referrals from {trust} cannot be posted until it is there. It may have been renamed or deleted.',
  'no-channel.mend':
    'Make a channel with exactly that name, or give it that name again. What is open is posted there at once.',
  'removed.headline': 'Signpost was removed from the team “{name}”',
  'removed.means': 'Referrals from {trust} are not posted there any more.',
  'removed.mend': 'Add Signpost to the team again. What is open is posted at once.',
  'channel-unreachable.headline': 'Teams refused a referral for the channel “{name}”',
  'channel-unreachable.means':
    'Referrals from {trust} do not arrive there. The channel may have been deleted, or Signpost removed from the team.',
  'channel-unreachable.mend': 'Put it back, or add Signpost to the team again. What is open is posted at once.',

  // A search from a chat among people, and the cards that are sent there.
  'search.topic': 'Topic: a few questions, then what the policy says',
  'search.first-your-trust':
    'First say which Trust you work for: open Signpost from your apps, and choose it in the chat. Then search again.',
  'search.nothing': 'Nothing in the guidance of {trust} has these words. Try other words, or ask me in a chat.',
  'search.all': 'That is all.',
  'shared.from': 'Guidance of {trust}',
  'shared.topic': 'Signpost asks a few questions about this, then says what the policy says and who needs to know.',
  'shared.answer':
    'This is one answer on this topic. Whether it is the right one depends on what happened: ask Signpost to be sure.',
  'shared.clause': 'In plain English',
  'shared.no-emergency-service':
    'If someone is in danger, ring {emergency} now. This is guidance, not an emergency service.',
  'shared.ask': 'Ask Signpost in a chat of your own',

  // The dialog about a message that somebody else wrote.
  'quote.ask': 'Ask about this message',
  'quote.raise': 'Raise a concern about this',
  'quote.change-them': 'These words would be used to find the topic. Change them if you like.',
  'quote.change-them-to-raise':
    'These words would be used to find the topic. Change them if you like. A few questions come first. When you raise something, you say in your own words what happened.',
  'quote.ring-first': 'This may be about someone at risk. Ring first, then go on here.',
  'quote.words': 'Words from the message',
  'quote.not-kept': 'They are not kept and not sent to anybody, and neither is who wrote the message.',
  'quote.use': 'Use these words',
  'quote.leave': 'Do not use them',
  'quote.not-opened':
    'The message has something more with it, such as a picture, a file or another message. I have not opened it and left it where it is. Do not copy it, forward it or look at it again.',
  'quote.taken-out': 'I have taken out what may identify a person. I cannot find names: please take them out.',
  'quote.shortened': 'The message is long. Only its beginning is here.',
  'quote.no-words': 'There are no words in the message that I can read. Say in your own words what it is about.',
  'quote.first-your-trust': 'Choose your Trust, then use “{command}” again.',

  'not-done.whom': 'Choose whom it was referred on to. Nothing was saved.',
} as const;
