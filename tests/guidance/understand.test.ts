import { beforeAll, describe, expect, test } from '@jest/globals';
import { shorthand } from '../../src/guidance/find/features.ts';
import { understandIn } from '../../src/guidance/find/understand.ts';
import type { Guidance } from '../../src/guidance/types.ts';
import type { Responses } from '../../src/guidance/walk.ts';
import { loadPolicies } from '../../src/policies.ts';

const IDS = { WAHT: 'worcestershire-acute', SECAMB: 'south-east-coast-ambulance' } as const;
type Case = readonly [keyof typeof IDS, string, string];

describe('what a message answers already, in the real policies', () => {
  let guidance: Guidance;
  beforeAll(async () => {
    guidance = await loadPolicies('policies');
  });
  const understood = (name: keyof typeof IDS, id: string, text: string): Responses => {
    const organisation = guidance.get(IDS[name]);
    const flow = organisation?.flows.get(id);
    if (organisation === undefined || flow === undefined) throw new Error(`There is no flow ${id}.`);
    return understandIn(flow, text, shorthand(organisation.synonyms).replace);
  };

  test.each<Case>([
    ['WAHT', 'posting-a-photo', 'can i post a photo of me and my patient'],
    ['WAHT', 'posting-a-photo', "there's no patient in it"],
    ['WAHT', 'posting-a-photo', 'not sure if theres a patient in it'],
    ['WAHT', 'posting-a-photo', 'photo of me on my break, patient visible behind me'],
    ['WAHT', 'posting-a-photo', 'photo of the team with a patient waving'],
    ['WAHT', 'posting-a-photo', 'it isn’t a photo of a patient'],
    ['WAHT', 'posting-a-photo', 'can i post it again, i already posted one'],
    ['WAHT', 'filming-on-the-ward', 'nobody is filming'],
    ['WAHT', 'filming-on-the-ward', 'nobody, not even a visitor, is filming'],
    ['WAHT', 'filming-on-the-ward', 'no visitor is filming, it was the patient'],
    ['WAHT', 'filming-on-the-ward', 'the visitor isn`t filming any more'],
    ['WAHT', 'filming-on-the-ward', "bed 27 asked for the ward phone, his wife can't get in"],
    ['WAHT', 'filming-on-the-ward', 'the relative of bed 4 is upset'],
    ['WAHT', 'filming-on-the-ward', 'when is filming allowed'],
    ['WAHT', 'filming-on-the-ward', 'what if someone is filming'],
    ['WAHT', 'filming-on-the-ward', 'someone was filming yesterday'],
    ['WAHT', 'filming-on-the-ward', 'he says he will put it on facebook'],
    ['WAHT', 'filming-on-the-ward', 'a visitor filming a porter filming a nurse filming'],
    ['WAHT', 'professional-body', 'is it the gmc or the nmc'],
    ['WAHT', 'posted-by-mistake', 'i wasn’t hacked'],
    ['SECAMB', 'whatsapp', "I don't want to start a group"],
    ['SECAMB', 'posting-a-photo', 'me in my greens with a patient'],
    ['SECAMB', 'posting-a-photo', 'me in uniform and my crewmate'],
    ['SECAMB', 'posting-a-photo', 'me in uniform in front of the truck'],
    ['SECAMB', 'filmed-by-the-public', 'is filming us legal'],
    ['SECAMB', 'filmed-by-the-public', 'they were filming us and posted it online'],
    ['SECAMB', 'i-posted-something', 'i deleted it but people have screenshots'],
    ['SECAMB', 'sharing-and-liking', 'i havent shared it, should i'],
    ['SECAMB', 'phone-on-shift', 'he is on tiktok on break and between jobs'],
    ['SECAMB', 'journalist-or-stranger', 'a stranger claiming to be a journalist'],
  ])('%s, %s: nothing in “%s”', (name, flow, text) => {
    expect(understood(name, flow, text)).toEqual({});
  });

  test.each<[...Case, Responses]>([
    ['WAHT', 'filming-on-the-ward', 'a visitor is livestreaming the ward', { who: 'visitor', when: 'now' }],
    ['WAHT', 'filming-on-the-ward', 'a visitor who has been secretly filming', { who: 'visitor' }],
    ['WAHT', 'filming-on-the-ward', 'pts husband is filming us', { who: 'visitor', when: 'now' }],
    ['WAHT', 'filming-on-the-ward', 'not a visitor, a contractor is filming', { when: 'now' }],
    [
      'WAHT',
      'filming-on-the-ward',
      'told the relatives that filming is not allowed but the porter is recording',
      { who: 'colleague' },
    ],
    ['WAHT', 'filming-on-the-ward', 'a colleague told me someone is filming', { when: 'now' }],
    [
      'WAHT',
      'filming-on-the-ward',
      'a pt has been taking pics and its already on fb',
      { who: 'patient', when: 'shared' },
    ],
    ['WAHT', 'posting-a-photo', 'is a photo of my pt ok', { what: 'patient' }],
    ['WAHT', 'posting-a-photo', 'just a selfie of me', { what: 'me' }],
    ['WAHT', 'friend-requests', 'a patients daughter added me on facebook', { request: 'request' }],
    ['WAHT', 'posting-a-photo', 'am i allowed to post a pic of the team', { what: 'colleagues' }],
    ['WAHT', 'professional-body', 'what does the NMC say', { body: 'nmc' }],
    ['WAHT', 'what-counts-as-online-harm', 'what is the online safety act', { term: 'act' }],
    ['WAHT', 'report-a-concern', 'who do i tell at 3am', { hours: 'out-or-unsure', what: 'how' }],
    ['SECAMB', 'filmed-by-the-public', 'someone is livestreaming us at a scene', { what: 'now' }],
    ['SECAMB', 'posting-a-photo', 'can i post a pic of me in my greens', { shows: 'uniform' }],
    ['SECAMB', 'posting-a-photo', 'pic of my pt', { shows: 'job' }],
    ['SECAMB', 'whatsapp', 'can we start a group', { topic: 'group' }],
    ['SECAMB', 'dating-and-paid-sites', 'my tinder has me in uniform', { site: 'dating' }],
    ['SECAMB', 'i-posted-something', 'ive deleted it', { up: 'deleted' }],
  ])('%s, %s: “%s” answers plainly', (name, flow, text, responses) => {
    expect(understood(name, flow, text)).toEqual(responses);
  });

  test('no example of an option is understood as another option of its question, nor is one about danger', () => {
    for (const organisation of guidance.values()) {
      const { replace } = shorthand(organisation.synonyms);
      for (const flow of organisation.flows.values()) {
        for (const [id, question] of Object.entries(flow.questions)) {
          for (const { option, examples } of question.options) {
            for (const example of examples) {
              expect([undefined, option]).toContain(understandIn(flow, example, replace)[id]);
            }
          }
        }
      }
    }
  });
});
