/**
 * Endings that make `example.com` a link without `http://`: every country, the generic ones, and those in common use among the
 * newer ones. IANA's root zone has some 1,400; a name with a rarer ending is linked when it is written with its protocol.
 */
const TOP_LEVEL: ReadonlySet<string> = new Set(
  `ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz
  ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr
  ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp
  ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu
  mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw
  sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz
  ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
  com net org edu gov mil int arpa biz info name pro aero asia cat coop jobs mobi museum post tel travel xxx
  academy agency app art audio band bar berlin best bet bike bio blog boutique build business buzz cafe camp capital
  cards care careers cash center chat city cleaning click clinic cloud club coach codes coffee community company
  computer consulting cool dance data date deals delivery design dev digital direct directory domains download earth
  education email energy engineer engineering enterprises events exchange expert express family fan farm fashion film
  finance fish fit fitness foundation fun fund fyi gallery game games garden gift gifts global gmbh gold golf google
  green group guide guru health help holiday host hosting house how icu inc ink institute international jetzt kim
  kitchen land law lawyer legal life limited link live loan lol london love ltd management market marketing markets
  media moda moe money moscow movie network new news ninja nyc one online ooo page paris partners parts party pet
  photo photography photos pics pink pizza place plus press productions properties pub quest radio recipes red rent
  repair report rest restaurant review reviews rich rip rocks run sale school science search services shop shopping
  show site ski social software solar solutions space store stream studio study style support surf systems tax taxi
  team tech technology tips today tools top tours town toys trade training tube university vip video vision watch
  webcam website wedding wien wiki win wine work works world wtf xyz yandex yoga zone
  рф рус москва онлайн сайт дети орг ком укр бел қаз срб мкд бг`.split(/\s+/),
)

export function isTopLevelDomain(label: string): boolean {
  return TOP_LEVEL.has(label.toLowerCase())
}
