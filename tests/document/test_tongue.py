"""English is judged; other languages, empty and unreadable texts say why they are not."""

import json

import pytest

from service.document import read
from service.document.tongue import why_unjudged
from service.ticket import Markup, Text, Ticket
from tests.needs import shared

FOREIGN = {
    "German": "Wenn der Benutzer auf Speichern klickt, wird die Seite neu geladen und die Eingaben sind nicht mehr da.",
    "French": "Quand l'utilisateur clique sur le bouton, la page se recharge et les données ne sont pas enregistrées.",
    "Spanish": "Cuando el usuario hace clic en guardar, la página se recarga y los datos no se guardan en la lista.",
    "Portuguese": "Quando o usuário clica em salvar, a página é recarregada e os dados não são gravados na lista.",
    "Italian": "Quando l'utente preme il pulsante, la pagina viene ricaricata e i dati non sono salvati nella lista.",
    "Dutch": "Als de gebruiker op opslaan klikt, wordt de pagina opnieuw geladen en zijn de gegevens niet meer daar.",
    "Polish": "Gdy użytkownik kliknie przycisk, strona jest ładowana ponownie i dane nie są zapisane na liście.",
    "Swedish": "När användaren klickar på spara laddas sidan om och uppgifterna är inte kvar i listan som de ska.",
    "Danish": "Når brugeren klikker på gem, bliver siden indlæst igen, og oplysningerne er ikke længere på listen.",
    "Norwegian": "Når brukeren klikker på lagre, blir siden lastet på nytt, og opplysningene er ikke lenger i listen.",
    "Finnish": "Kun käyttäjä painaa painiketta, sivu latautuu uudelleen ja tiedot eivät ole enää siinä listassa, jossa ne oli.",
    "Turkish": "Kullanıcı kaydet düğmesine bastığında sayfa yeniden yükleniyor ve veriler artık listede yok, çünkü bu bir hata.",
    "Czech": "Když uživatel klikne na tlačítko, stránka se znovu načte a data nejsou uložena v seznamu, jak by měla.",
    "Hungarian": "Ha a felhasználó a mentés gombra kattint, az oldal újra betölt, és az adatok már nincsenek ott a listában.",
    "Romanian": "Când utilizatorul apasă pe buton, pagina se încarcă din nou și datele nu mai sunt salvate în listă.",
    "Indonesian": "Ketika pengguna menekan tombol simpan, halaman dimuat ulang dan data tidak ada lagi di dalam daftar itu.",
    "Vietnamese": "Khi người dùng bấm nút lưu, trang được tải lại và dữ liệu không còn ở trong danh sách như trước.",
    "Russian": "Когда пользователь нажимает кнопку, страница перезагружается, и данные не сохраняются в списке.",
    "Ukrainian": "Коли користувач натискає кнопку, сторінка перезавантажується, і дані не зберігаються у списку.",
    "Greek": "Όταν ο χρήστης πατάει το κουμπί, η σελίδα φορτώνεται ξανά και τα δεδομένα δεν αποθηκεύονται.",
    "Arabic": "عندما ينقر المستخدم على الزر يتم تحميل الصفحة مرة أخرى ولا يتم حفظ البيانات في القائمة.",
    "Hebrew": "כאשר המשתמש לוחץ על הכפתור הדף נטען מחדש והנתונים לא נשמרים ברשימה כפי שצריך.",
    "Chinese": "当用户点击保存按钮时，页面会重新加载，数据没有保存到列表中。",
    "Japanese": "ユーザーが保存ボタンをクリックすると、ページが再読み込みされ、データが一覧に保存されません。",
    "Korean": "사용자가 저장 버튼을 클릭하면 페이지가 다시 로드되고 데이터가 목록에 저장되지 않습니다.",
    "Hindi": "जब उपयोगकर्ता बटन पर क्लिक करता है तो पृष्ठ फिर से लोड होता है और डेटा सूची में नहीं रहता।",
}
ENGLISH = [
    "Upgrade Postgres 14 to 16 in staging, production, QA.",
    "NullPointerException OrderService checkout",
    "Add German, French, Italian translations: Straße, garçon, perché",
    "Der Export: the German report page must list every invoice of the month.",
    "Users in São Paulo and Zürich see the wrong time zone.",
    "Login button broken",
    "API v2 GET /orders pagination cursor limit offset",
    "Rename die size to chip size, as was agreed on.",
]


def reason(body, title="T-1", markup=Markup.PLAIN):
    return why_unjudged(read(Ticket("1", title, Text(body, markup))))


@pytest.mark.parametrize("language", FOREIGN)
def test_other_languages_are_not_judged(language):
    assert reason(FOREIGN[language], "Fix save dialog") == "not in English"


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_judged_even_without_small_words(text):
    assert reason(text) == ""
    assert reason(None, title=text) == ""


def test_the_larger_part_decides_a_mixed_ticket():
    english = "When the user saves the form, the page is loaded again and what was typed is gone from the list. "
    assert reason(english * 2 + FOREIGN["German"]) == ""
    assert reason(english + "\n\n> " + FOREIGN["German"] * 4, markup=Markup.MARKDOWN) == ""
    assert reason(FOREIGN["German"] * 3 + english) == "not in English"


def test_texts_that_cannot_be_read():
    assert reason(None, title="") == "empty"
    assert reason("  \n\t ", title=" ") == "empty"
    assert reason("```\nx = 1\n```", title="", markup=Markup.MARKDOWN) == "no readable text"
    assert reason("12345 ... !!! 🎉", title="") == "no readable text"
    assert reason("## Goal\n\n<!-- say why -->", title="", markup=Markup.MARKDOWN) in {
        "",
        "empty but for its template",
    }


@pytest.mark.shared
def test_english_tickets_of_other_people_are_judged():
    tickets = [
        json.loads(line)
        for path in sorted(shared("eval", "data").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").split("\n")[::5]
        if line
    ]
    judged = sum(not reason(t["description"], t["title"], Markup(t["markup"])) for t in tickets)
    assert judged >= 0.995 * len(tickets)
