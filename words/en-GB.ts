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

  // What can be typed in place of a question. The English is understood in every language.
  'command.help': 'help',
  'command.topics': 'topics',
  'command.start-again': 'start again',
  'command.on-duty': 'on duty',
  'command.off-duty': 'off duty',
  'command.who-is-on-duty': 'who is on duty',
  'command.my-referrals': 'my referrals',
  'command.change-trust': 'change Trust',

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
  'desk.open': 'Open at the desk',
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

  'name-notice.name-asked': '{by} asks you to agree to opening a name',
  'name-notice.name-asked-means':
    'In referral {reference} somebody keeps their name. {by} asks to open it, and says why there. You are a safeguarding lead: you can agree or not.',
  'name-notice.name-agreed': '{by} agreed to open the name',
  'name-notice.name-agreed-means': 'The two of you can look at it at the desk, in referral {reference}.',
  'name-notice.name-refused': '{by} did not agree to open the name',
  'name-notice.name-refused-means': 'In referral {reference} the name stays kept.',

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
  // The name of whoever raises it stands before one of the two that come after, in bold.
  'raise-check.raising-as': 'You are raising this as ',
  'raise-check.raising-as-after': '. On a shared computer, check that this is you.',
  'raise-check.raising-as-after-kept': '. They do not see that name. On a shared computer, check that this is you.',
  'raise-check.confidential':
    'Only the people who deal with this will see it. We cannot promise to keep it confidential: it may be shared if someone is at risk, or if the law says so.',
  'raise-check.send': 'Send',
  'raise-check.do-not-send': 'Do not send',

  'raise-form.headline': 'Raise this',
  'raise-form.which-department': 'Which {departmentWord} is this about?',
  'raise-form.leave-out':
    'Leave out names, dates of birth, NHS numbers, hospital numbers and bed numbers. If they are needed, you will be asked.',
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
  'kept-name.who-reads-what': 'Those who get this, such as the {role} and the safeguarding team, read “{words}”.',
  'kept-name.relay': 'They can ask you things through me, and you can answer, without your name.',
  'kept-name.no-ringing': 'Nobody can ring you. A number would show who you are.',
  'kept-name.never-a-promise':
    'It is never a full promise. Your name may have to be opened if someone is at risk, or if the law says so. I know your name, so those who run me can be made to find out.',
  'kept-name.who-can-open':
    'Only two safeguarding leads together can open it at the desk: one says why, and another agrees. If they do, I tell you at once who and why.',
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
  'reporter.goes-on-in-chat': 'What you see here does not change. What becomes of it comes in your chat with me.',
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
  'trouble.no-channel': 'There is no channel “{name}”',
  'trouble.no-channel-means':
    'Referrals from {trust} cannot be posted until it is there. It may have been renamed or deleted.',
  'trouble.no-channel-mend':
    'Make a channel with exactly that name, or give it that name again. What is open is posted there at once.',
  'trouble.removed': 'Signpost was removed from the team “{name}”',
  'trouble.removed-means': 'Referrals from {trust} are not posted there any more.',
  'trouble.removed-mend': 'Add Signpost to the team again. What is open is posted at once.',
  'trouble.channel-unreachable': 'Teams refused a referral for the channel “{name}”',
  'trouble.channel-unreachable-means':
    'Referrals from {trust} do not arrive there. The channel may have been deleted, or Signpost removed from the team.',
  'trouble.channel-unreachable-mend': 'Put it back, or add Signpost to the team again. What is open is posted at once.',

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

  'not-said': 'Not said',
  'safe.not-given': 'Not said',
  'about.unsure': 'Not sure, or would rather not say',

  // Whom the one who raised something is told to ring, and why.
  'ring.if-it-cannot-wait': 'If it cannot wait, ring',
  'ring.nobody-known': 'We do not know if anybody here has this. Ring now.',
  'ring.nobody': 'Nobody here has this. Ring now.',
  'ring.no-answer': 'We could not get an answer for you. Ring now.',
  'ring.not-yet': 'Nobody has answered yet. Ring now.',
  'ring.nobody-on-duty-known': 'We do not know if anybody on duty has this. Ring now.',
  'ring.nobody-on-duty': 'Nobody who is on duty has this yet. Ring now.',

  // Whether a human has it, in one line.
  'headline.nobody-told': 'Recorded, but nobody has been told',
  'headline.unconfirmed': 'Recorded, but we could not confirm that it arrived',
  'headline.channel-gone': 'Recorded, but the channel that had it is gone',
  'headline.not-delivered': 'Recorded, but it could not be delivered',
  'headline.nobody-answered': 'Recorded, but nobody has answered',
  'headline.nobody-answered-yet': 'Recorded, but nobody has answered yet',
  'headline.on-duty-unknown': 'Recorded, but we do not know if anybody on duty has it',
  'headline.nobody-on-duty': 'Recorded, but nobody on duty has it',
  'headline.sent': 'Sent. Not confirmed yet',
  'headline.being-sent': 'Recorded. Being sent now',
  'headline.acknowledged': '{owner} has this',
  'headline.in-progress': '{owner} is working on this',
  'headline.reopened': '{owner} has opened this again',
  'headline.not-acknowledged': 'Nobody has acknowledged this yet',
  'headline.not-in-time': 'Nobody has acknowledged this in time',

  'owner.has': '{name} acknowledged this and is responsible for it now.',
  'owner.acknowledge': '{name} acknowledged this at {time} and is responsible for it now.',
  'owner.take-on': '{name} took this on at {time} and is responsible for it now.',
  'owner.reopen': '{name} opened this again at {time} and is responsible for it now.',
  'owner.close': '{name} closed this at {time}.',

  // The whole truth, in sentences. A place is one of the three below.
  'place.channel': 'the channel “{name}”',
  'place.email': '{name}, by email',
  'place.person': '{name}, {as}',
  'truth.recorded': 'Recorded at {time}.',
  'truth.sent': 'Sent to {place} at {time}.',
  'truth.sent-but-gone': 'Sent to {place} at {time}. That channel cannot be reached any more.',
  'truth.uncertain': 'We could not confirm that it arrived with {place}.',
  'truth.uncertain-again': 'We could not confirm that it arrived with {place}. It is being sent again.',
  'truth.not-delivered': 'It could not be delivered to {place}.',
  'truth.being-sent': 'Being sent to {place}.',
  'truth.unconfirmed': 'No one has confirmed reading this yet.',
  'words.somebody': 'A member of staff',
  'words.a-colleague': 'a colleague',
  'words.the-reporter': 'the person who raised this',
  'words.the-writer': 'whoever wrote them',
  'words.unreadable': 'These words cannot be shown just now. Ask {name}.',
  'words.unreadable-story':
    'What {name} wrote cannot be shown just now. Do not wait for it: ask {name} what happened. Tell whoever runs Signpost here: they can mend this.',
  'words.unreadable-number': 'A number was given, and cannot be shown just now: answer them in Teams.',
  'truth.sent-out-again': '{owner} had this, but nothing was done. It has been sent out again.',
  'truth.unconfirmed-since': 'Since then no one has confirmed reading it.',
  'truth.withdraw-asked': 'You asked to withdraw this at {time}. The team decides. Nothing has stopped meanwhile.',
  'missing.nobody-on-duty': 'No {role} is signed on for {department}.',
  'missing.on-duty-is-the-concern':
    'It was not sent to the {role} for {department}, because it may be about someone in charge.',
  'missing.nobody-in-role': 'Nobody is signed on in a role that should get it.',
  'missing.channel-is-the-concern': 'It was not sent to a channel, because it may be about someone who reads it.',
  'missing.no-email': 'An email that should have gone could not be sent.',
  'missing.no-channel': 'The channel that should get it was not found.',

  // What those who get it must know before they speak of it to anybody.
  'take-care.yes': 'This may be about someone in charge there. Do not tell them of it.',
  'take-care.channel': 'This may be about someone in the safeguarding team. Do not tell that team of it.',
  'take-care.unsure':
    'The person who raised this is not sure, or would rather not say, if it is about someone who would be told.',

  // What has happened, a line for each.
  'event.raised': '{who} raised this',
  'event.delivered': 'Sent to {place}',
  'event.uncertain': 'Could not confirm that it arrived with {place}',
  'event.unconfirmed': 'Could not confirm that it arrived with {place}, and it is not sent again',
  'event.not-delivered': 'Could not be delivered to {place}',
  'event.not-updated': 'The card of {place} cannot be brought up to date any more',
  'event.reporter-not-reached': 'The person who raised this cannot be reached here',
  'event.reporter-unconfirmed': 'It is not certain that the last message reached the person who raised this',
  'event.channel-gone': '{place} is not there any more',
  'event.channel-is-back': 'The channel “{name}” is there again',
  'event.came-on-duty': '{name} came on duty and was sent this',
  'event.not-acknowledged': 'Nobody acknowledged this in time',
  'event.not-delivered-to-anybody': 'That did not reach the people it should, so the next step was taken at once',
  'event.unconfirmed-by-anybody':
    'It is not certain that this reached the people it should, so the next step was taken at once',
  'event.unanswered': 'Nobody has acknowledged this, and there is nobody left to tell',
  'event.step-failed': 'Nobody has acknowledged this, and the next step could not be taken. It is tried again',
  'event.reminded': '{owner} was reminded: nothing had been done',
  'event.returned': 'Nothing was done, so this was taken from {owner} and sent out again',
  'event.found-stalled': 'This had stopped moving, and was set going again',
  'event.acknowledge': '{who} acknowledged this',
  'event.take-on': '{who} took this on',
  'event.hand-over': '{who} asked {to} to take this on',
  'event.ask': '{who} asked the person who raised this',
  'event.answer': '{who} answered',
  'event.add': '{who} added something',
  'event.ask-to-withdraw': '{who} asked to withdraw this',
  'event.keep-open': '{who} decided to go on with this',
  'event.note': '{who} added a note',
  'event.refer-on': '{who} referred this on to: {to}',
  'event.close': '{who} closed this',
  'event.reopen': '{who} opened this again',

  'not-done.not-allowed': 'You cannot do this: this referral was not sent to you. Nothing was changed.',
  'not-done.needs-text': 'Please write a few words first. Nothing was saved.',
  'not-done.nobody': 'Choose a colleague from the list. Nothing was changed.',
  'not-done.not-owner-close': '{owner} has this, and only they can close it. To do it yourself, take it on first.',
  'not-done.not-owner-hand-over':
    '{owner} has this, and only they can hand it over. To do it yourself, take it on first.',
  'not-done.too-late-first': '{name} got there first, at {time}.',
  'not-done.too-late': 'This has changed since you saw it. It is now: {status}. Nothing was done.',

  'urgency.immediate': '🚨 Act now',
  'urgency.urgent': '🔶 Urgent',
  'urgency.routine': 'ℹ️ Routine',
  'verdict.information': 'ℹ️ Information',
  'verdict.yes': '✅ Yes',
  'verdict.yes-if': '🔶 Yes, if',
  'verdict.ask-first': '🔶 Ask first',
  'verdict.no': '⛔ No',
  'verdict.report': '📣 Tell someone',
  'verdict.act-now': '🚨 Act now',

  'danger.if-ring': 'If someone is in danger, ring {emergency}.',
  'welcome.purpose':
    "I tell you what your Trust's policy says about social media, filming and online harm at work, and who needs to know. I give guidance. I am not an emergency service: if someone is in danger, ring {emergency} first.",
  'welcome.hello': 'Hello {name}',
  'welcome.answers-for': 'Answers are for {trust}.',
  'welcome.topics': '{count, plural, one {# topic} other {# topics}}',
  'offer.aloud': 'I think you mean: {topic}',
  'question.aloud': '{ask} {options}?',
  'question.or': ', or ',
  'outcome.raise-after-ringing':
    'When you have rung, or if nobody is in danger now, you can also tell the people who need to know from here. It is not a report to the police or to social care.',
  'outcome.raise-here':
    'You can tell the people who need to know from here: {people}. It is not a report to the police or to social care.',
  'source.policy': 'Policy {section}',
  'source.national': 'National fact, not from the policy',
  'source.to-approve': '{source}. For the policy owner to approve.',
  'policy.not-stated': 'not stated',
  'policy.title': 'Policy',
  'policy.version': 'Version',
  'policy.approved': 'Approved',
  'policy.review-due': 'Review due',
  'policy.owner': 'Owner',
  'policy.full-text': 'Full text',
  'policy.open': 'Open the policy',
  'policy.draft': 'Draft: the policy owner has not yet approved this guidance.',
  'policy.approved-by': 'Approved by the {role} on {date}.',
  'policy.was-due': 'The policy was due for review on {date}: check that it still holds.',

  'contact.phone': 'Phone {number}',
  'contact.email': 'Email {address}',
  'contact.answered': 'Phone answered {hours}.',
  'contact.answered-but-closed': 'Phone answered {hours}. It is closed now.',
  'contact.not-told': 'Your Trust has not told Signpost how to reach them.',

  'form.say-what-happened': 'Say what happened, in a few words.',
  'form.shorten-description': 'Shorten what happened: it has {length, number} characters, and {longest, number} fit.',
  'form.shorten-call-back': 'Shorten the number to ring you on: {longest, number} characters fit.',
  'form.say-if-safe': 'Say whether it is safe to ring this number.',
  'form.say-about': 'Say whether this is about someone who would be told.',
  'raise-form.fallback':
    'Raise this: say where, what happened and how to reach you. If someone is in danger, ring {emergency}.',
  'raise-form.mend': 'Please mend this.',
  'raise-form.fill-in': 'Raise this. Fill in the form.',
  'raise-form.raising': 'You are raising: {headline}',
  'raise-check.aloud': 'Check your answers, then send. This is not a report to the police or to social care.',
  'raise-check.not-given': 'Not given',
  'raise-check.number': 'Number to ring you on',
  'raise-check.safe': 'Safe to ring?',
  'raise-check.told': 'Told already',
  'raise-check.about': 'About someone who would be told?',
  'raise-check.still-to-be-done':
    'If someone should tell them, that still has to be done. If someone is in danger, ring {emergency} now. Do not wait for an answer here.',
  'goes-to.round-on-duty': 'It goes round the {role}, because it may be about someone in charge.',
  'goes-to.nobody-on-duty': 'No {role} has signed on for {department} now.',
  'goes-to.on-duty': '{name}, {role} for {department} until {until}',
  'goes-to.role': 'Whoever is on duty as {name}',
  'goes-to.round-channel': 'It goes round the channel “{name}”, because it may be about someone who reads it.',
  'goes-to.channel': 'The channel “{name}”',
  'my-referrals.count': '{count, plural, one {You have raised # referral.} other {You have raised # referrals.}}',
  'my-referrals.none': 'You have not raised anything with this bot.',
  'my-referrals.open': '{topic}, {department}, raised at {time}. Open its card.',

  // The cards of a referral: of the one who raised it, and of those who deal with it.
  'card.replaced': 'This stands in for an earlier card that can no longer be brought up to date.',
  'card.possible-duplicate': 'Possible duplicate: this may have reached you already.',
  'reporter.fallback': 'Referral {reference}: {headline}',
  'reporter.fallback-ring': 'If it cannot wait, ring {roles}. In danger, ring {emergency}.',
  'reporter.do-not-wait': 'Do not wait for an answer here. Ring one of these, or go and find them:',
  'desk.fallback': '{urgency}: referral {reference}, {department}. {headline}',
  'desk.no-number': 'No number given: answer them in Teams.',
  'desk.safe-to-ring': 'Safe to ring? {answer}',
  'desk.rests-on': 'Rests on {clauses}',
  'desk.asked-to-take-on': 'You were asked to take this on. {owner} has it until you press “Take it on”.',
  'fact.about': 'About',
  'fact.policy-answer': 'Policy answer',
  'fact.raised': 'Raised',
  'fact.take-care': 'Take care',
  'timeline.earlier':
    '{count, plural, one {# earlier entry is on record and not shown here} other {# earlier entries are on record and not shown here}}',
  'timeline.words': '“{words}”',
  'timeline.shortened': '“{words}…” (shortened)',

  // One line for those whose card is only updated. In a chat it opens the referral; in a channel the card stands above.
  'nudge.changed': 'This referral has changed',
  'nudge.when': '{time}. Now: {status}.',
  'nudge.nothing-added': 'You are working on this, and nothing has been added since',
  'nudge.nothing-done': 'You have this, and nothing has been done since',
  'nudge.if-you-can':
    '{where, select, chat {If you can take this, open the referral and press “Acknowledge”.} other {If you can take this, go to the card above and press “Acknowledge”.}}',
  'nudge.taken-from-you': 'If nothing is done by {until}, it is taken from you and sent out again.',
  'nudge.sent-out': 'If nothing is done by {until}, it is sent out again.',
  'nudge.add-note':
    '{where, select, chat {Open the referral: add a note, or close it.} other {Go to the card above: add a note, or close it.}}',
  'nudge.take-it-on':
    '{where, select, chat {Open the referral: take it on, add a note or close it.} other {Go to the card above: take it on, add a note or close it.}}',
  'nudge.read-it': '{where, select, chat {Open the referral to read it.} other {Go to the card above to read it.}}',
  'nudge.decide':
    '{where, select, chat {Nothing has stopped. Open the referral to read why, and decide.} other {Nothing has stopped. Go to the card above to read why, and decide.}}',

  'duty.fallback': 'Type “on duty” in a newer Teams to sign on as {role}.',
  'duty.intro': 'While you are on duty, what staff raise for your {department} comes to you here, in this chat.',
  'duty.until-time': 'You are on duty until {time}.',
  'duty.asked': 'You asked {name} to take over {place}. They have not answered yet.',
  'duty.hand-over-place': 'Hand over {place}',
  'board.person': '{name}, until {time}',
  'board.headline': 'On duty at {trust}, {time}',
  'board.gaps': 'Nobody is signed on in {gaps, number} of {places, number}',

  // Emails: never what anybody wrote.
  'mail.subject-immediate': 'Act now: Signpost referral {reference}',
  'mail.subject-urgent': 'Urgent: Signpost referral {reference}',
  'mail.subject-routine': 'Routine: Signpost referral {reference}',
  'mail.raised': 'Somebody raised a referral, and you are one of those to be told.',
  'mail.referred-on': '{name} has referred this on to you.',
  'mail.reference': 'Reference: {reference}',
  'mail.organisation': 'Organisation: {name}',
  'mail.open': 'Open it in Teams: {link}',
  'mail.no-link': 'Signpost, in Teams',
  'mail.says-nothing':
    'This email says nothing about what happened, on purpose. Please do not write about it by email.',
  'mail.no-answers': 'Nobody reads answers to this address.',

  'event.forgotten': 'The words and names in this were deleted by rule',
  'event.forgotten-on-request': 'The words and names in this were deleted, because somebody asked for it',
  'not-done.forgotten': 'The words and names in this were deleted. Nothing more can be done with it.',

  // Somebody whose name is kept: what the history calls them, and what becomes of their name.
  'kept-name.who-reporter': 'You',
  'kept-name.who-desk': 'The person who raised this',
  'truth.name-kept': 'Your name is not shown to those who get this. Questions and answers go through Signpost.',
  'truth.name-kept-from-others': 'Your name is not shown to anybody else who gets this.',
  'truth.name-opened':
    'Your name was opened to two safeguarding leads at {time}: {asker} asked, and {answerer} agreed. The reason that was given is below.',
  'truth.on-duty-yourself':
    'You are on duty there yourself, so it came to you too. Nobody can tell from that who raised it.',
  'event.raised-name-kept': 'This was raised by somebody who keeps their name',
  'event.name-asked':
    '{reader, select, reporter {{who}, a safeguarding lead, asked to open your name} other {{who}, a safeguarding lead, asked to open the name of the person who raised this}}',
  'event.name-agreed':
    '{reader, select, reporter {{who}, a safeguarding lead, agreed, and your name was opened to both} other {{who}, a safeguarding lead, agreed, and the name of the person who raised this was opened to both}}',
  'event.name-refused':
    '{reader, select, reporter {{who}, a safeguarding lead, did not agree. Your name stays kept} other {{who}, a safeguarding lead, did not agree. The name of the person who raised this stays kept}}',
  'event.name-read':
    '{reader, select, reporter {{who} looked at your name} other {{who} looked at the name of the person who raised this}}',
  'not-done.own':
    'You raised this yourself, so you cannot deal with it. It came to you so that nobody could tell. Use the card that says what became of it.',
} as const;
