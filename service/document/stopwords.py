"""The small words that hold sentences together, by language: enough to tell English from its neighbours.

Words that English shares (“in”, “die”, “was”, “is”) count for both where they are English small words, so that
they decide nothing.
"""

from __future__ import annotations

ENGLISH = frozenset(
    """a about above after again against all also am an and another any are aren't as at be because been
        before being below between both but by can can't cannot could couldn't did didn't do does
        doesn't doing don't done down during each either else even ever every few first for from
        further get gets had has hasn't have haven't having he her here hers him his how however i
        i'd i'll i'm i've if in instead into is isn't it it's its itself just let's like make many
        may me might more most must my need needs neither never new no nor not nothing now of off on
        once one only or other our ours out over own same see shall she should shouldn't show since
        so some something still such than that that's the their theirs them then there there's these
        they they're this those through to too under until up upon us use used user using very want
        wants was wasn't way we we're were weren't what what's when where whether which while who
        whom whose why will with within without won't would wouldn't yes yet you you're your yours""".split()
)
_OTHERS = {
    "de": """aber alle allen als also am an auch auf aus bei beim bereits bin bis bitte dabei damit dann das dass
        dem den denn der des die diese diesem diesen dieser dieses doch dort durch ein eine einem
        einen einer eines er es etwas euch für gibt haben hat hier ich ihm ihn ihr ihre im immer ist
        ja jede jeder jetzt kann kein keine können konnte mehr mein mich mit muss müssen nach nicht
        nichts noch nun nur ob oder ohne sehr sein seine sich sie sind so soll sollen sollte sollten
        über um und uns unter vom von vor war waren was weil wenn werden wie wieder will wir wird wo
        wurde wurden würde zu zum zur zwischen""",
    "fr": """alors après au aucun aussi autre aux avant avec avoir bien car ce ceci cela ces cet cette ceux
        chaque comme comment dans de depuis des deux doit doivent donc du elle elles en encore entre
        est et être eu fait faire faut il ils je jusqu jour la le les leur leurs lors lorsque lui
        mais même mes moi moins mon ne nos notre nous on ont ou où par pas pendant peu peut peuvent
        plus pour pourquoi puis qu quand que quel quelle qui sa sans se sera ses si son sont sous
        sur ta tous tout toute toutes très tu un une veux vers via voir vos votre vous y à était été
        l'utilisateur d'un d'une l'application n'est j'ai qu'il c'est s'affiche""",
    "es": """a al algo ante antes aquí así aunque cada como con contra cual cuando de debe deben debería del
        desde donde dos el ella ellos en entonces entre era es esa ese eso esta está están estar
        este esto estos fue ha hace hacer hacia han hasta hay la las le les lo los más me mi
        mientras mis mucho muy nada ni no nos nosotros nuestro o otra otro para pero poder por
        porque puede pueden pues que qué quiero se sea ser si sí sido sin sobre solo son su sus
        también tanto te tiene tienen todo todos tras tu un una uno usted y ya yo""",
    "pt": """a ao aos aqui as até com como da das de dele depois deve devem deveria do dos e é ela ele eles em
        entre era essa esse está estão eu esta este foi for foram há isso isto já la lhe mais mas me
        mesmo meu minha muito na não nas nem no nos nós o onde ou os para pela pelo pode podem por
        porque quando que quem quero são se seja sem ser seu seus só sua suas também te tem têm ter
        todos tudo um uma usuário você vocês""",
    "it": """a abbiamo ad ai al alla alle allo anche ancora avere che chi ci come con cosa così cui da dal dalla
        dalle dei del della delle dello deve devono di dopo dove e è ed era essere fa fare fino fra
        gli ha hanno ho i il in io la le lo loro lui ma me mentre mi mio molto ne nei nel nella
        nelle no noi non nostro o ogni oppure per perché più può poi possono prima quale quando
        quanto quella quello questa queste questi questo qui se sei senza si sia sono sta stato su
        sua sul sulla suo tra tutte tutti tutto un una uno viene voglio vorrei""",
    "nl": """aan aangezien al alle alleen als altijd ander andere ben bij daar dan dat de deze die dit doen door
        dus een echter een elke en er gaan geen had heb hebben heeft het hier hij hoe hun ik in is
        ja je kan kunnen maar meer met mijn moet moeten mij na naar niet niets nog nu of om omdat
        onder ons ook op over te tijdens toch toen tot tussen uit van veel via vol voor waar waarom
        wanneer want waren was wat we weer wel welke werd wie wij wil wordt worden zal ze zelf zich
        zij zijn zo zodat zonder zou zouden""",
    "pl": """aby albo ale ani bardzo bez będzie był była było być by chcę ci co czy dla do dlaczego gdy gdzie go
        i ich ile im inne ja jak jako je jego jej jest jestem jeśli jeszcze już kiedy klient każdy
        kto która które którego której który którzy ma mam mi mnie może można mogę na nad nie niż
        nim o od one oni oraz po pod podczas ponieważ powinien powinna powinno przed przez przy są
        się sobie swoje ta tak także tam te tego tej ten też to tu tylko tym u w we wszystkie z za
        zawsze ze żeby""",
    "sv": """alla all att av behöver blir bli där de dem den denna deras dess det detta dig din du efter ej eller
        en ett finns för från gör göra ha han har hon hur i icke igen in inga ingen inget inte jag
        kan kommer man med mellan men mer mig min mot mycket måste när nej nu något några och om oss
        på sedan ska skall skulle som så sin sitt till upp ut utan vad var vara varför vi vid vill
        vilka vilken än är även över""",
    "da": """af alle at blev blive bliver da de dem den denne der deres det dette dig din dog du efter eller en
        end er et for fra få gør ham han hans har havde hun hvad hvis hvor hvordan i ikke ind ingen
        jeg kan kommer kun kunne man med meget men mig min mod måske når nogle noget nu og også om
        op os over på sin skal skulle som så til ud uden under vi vil ville være været var ønsker""",
    "no": """alle at av bare ble bli blir da de dem den denne der det dette din du eller en enn er et etter for
        fra få gjør ha han har hun hva hvis hvor hvordan hvorfor i ikke ingen jeg kan kommer kun
        kunne man med meg men mer mot må når noe noen nå og også om opp oss over på seg selv sin
        skal skulle som så til ut uten var ved vi vil ville vår være vært ønsker""",
    "fi": """ei eivät ellei en että he hän ja jo joka jonka jos joita jotka jotta kaikki kanssa koska kuin
        kuitenkin kun kuten käyttäjä me mikä minun minä mitä mukaan mutta myös ne niin niitä nyt ole
        olen oli olisi olla on ovat pitää saa se sekä sen siitä siinä sinä sitä tai tämä tämän tässä
        tulee vaan vai vain voi voidaan voivat ylläpitäjä""",
    "tr": """ama ancak bana bazı ben beni bir biz bu bunu çok çünkü da daha de değil diye en gibi göre hem her
        için ile ise istiyorum kadar ki kullanıcı mı mi ne neden nasıl o olan olarak olduğu
        olduğunda olmalı olması olsun onu sadece sonra şey şu tarafından tüm var ve veya ya yani yok
        zaman edilmeli gerekiyor""",
    "cs": """a aby ale ani bez bude by byl byla bylo být což co či další do dva ho i já jak jako je jeho její
        jejich jen jestli ještě jinak již jsem jsme jsou k kde kdy když která které který má mají
        mezi mi mít může na nad nebo není nebyl o od pak po pod podle pokud pouze pro proč protože
        před přes při s se si tak také tam ten tento to toho tomto tuto ty u už v ve však všechny z
        za ze že uživatel""",
    "sk": """a aby aj ako ale alebo ani bez bol bola bolo bude by byť čo do ho iba ich je jeho jej k kde keď
        ktorá ktoré ktorý lebo len má majú medzi môže na nad nie o od po pod podľa pre pred pri s sa
        si som sú tak tiež to toto u už v vo však všetky z za zo že používateľ""",
    "hu": """a az azonban akkor amely ami ahol be csak de egy egyik el és ez ezt ha hogy hogyan ide is itt
        jelenleg kell kellene ki lehet lesz meg mert mi mikor minden mint még már ne nem nincs olyan
        pedig s sem szerint szeretnék után ugyan vagy van vannak volt felhasználó""",
    "ro": """a acest aceasta această ai al ale am ar are asta au avea când care ca că ce cu cum dacă dar de deci
        decât din dintre după e ei el ele este eu fi fie fost iar în între la le lor mai mea meu mod
        mult nu o ori pe pentru poate prin sa să sau se si și sunt toate trebuie un una unei unui
        utilizator vreau""",
    "id": """ada adalah agar akan anda antara apa atau bahwa banyak belum bisa dalam dan dapat dari dengan di dia
        hanya harus hingga ini itu jika juga kami karena ke kepada ketika kita lain lebih maka masih
        mereka namun oleh pada para pengguna saat saja sangat saya sebagai sebelum secara sehingga
        semua setelah sudah supaya telah tetapi tidak untuk yang""",
    "vi": """các cho có của cần cũng đã đang đây để đến đi được khi không là lại làm này nên nếu những người như
        nhưng phải ra rất sau sẽ tại theo thì tôi trên trong trước từ và vào vì với vẫn việc muốn
        một""",
    "ca": """a al als amb això aquest aquesta així cada com de del dels des donar el els en entre és està ha han
        hi jo la les li més meu molt no o on per perquè però pot que quan què quin se sense ser si
        sobre són també te tot un una vull""",
    "hr": """a ako ali bez bi bila bilo bio biti da do gdje ga i ili iz ja je jer još kad kada kako kao koja koje
        koji kroz na nad nakon ne nema nije o od ona oni ovaj po pod prema pri s sa samo se sam su
        sve što ta te to u uz već za zbog želim mora može korisnik trebao""",
}


def _by_word() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for language, words in _OTHERS.items():
        for word in dict.fromkeys(words.split()):
            if word not in ENGLISH:
                found[word] = (*found.get(word, ()), language)
    return found


LANGUAGES = _by_word()
"""For each word that is no English small word, the languages in which it is one."""
