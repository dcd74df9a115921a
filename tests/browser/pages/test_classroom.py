"""A whole class in its browsers: the teacher's, a learner's, one on a phone, one without JavaScript, and the wall."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage


def joined(page: Page, code: str) -> Page:
    page.goto(f"/join/{code}")
    page.get_by_role("button", name="Take a seat").click()
    page.wait_for_url("**/seat")
    return page


def reloaded(page: Page) -> Page:
    page.get_by_role("link", name="refresh").click()
    return page


def test_a_whole_class(open_page: OpenPage) -> None:
    over = {"statuses": (401, 404)}  # once the class is deleted
    teacher, learner, plain = open_page(), open_page(**over), open_page(scripts=False)
    phone, wall = open_page(width=390, height=844, **over), open_page(width=1280, height=720, dark=True, **over)

    teacher.goto("/classroom")
    teacher.get_by_label("Open a class on a lesson").select_option("two-outputs-two-paths")
    teacher.get_by_role("button", name="Open a class").click()
    teacher.wait_for_url("**/host/*")
    steer = teacher.locator("#steering")
    code = steer.locator(".class-code").inner_text()
    for page in (learner, phone, plain):
        joined(page, code)
    expect(steer).to_contain_text("three learners")
    teacher.get_by_text("Join, wall, seats").click()
    wall.goto(urlsplit(str(teacher.get_by_role("link", name="Open the wall").get_attribute("href"))).path)
    for page in (learner, phone, wall):
        expect(page.locator("#connected")).to_have_text("live")

    # All follow, step by step.
    teacher.locator("#timeline [formaction$='/forward']").click()
    expect(learner.locator("#status")).to_contain_text("Activation of output 2.")
    teacher.locator("#controls .step").click()
    expect(teacher.locator("#status")).to_contain_text("Loss.")
    for page in (learner, phone, wall, reloaded(plain)):
        expect(page.locator("#status")).to_contain_text("Loss.")
        expect(page.locator("#net")).to_contain_text("0.7569")
    learner.locator("#net [data-ref^=w-]").first.dispatch_event("click")  # which opens nothing here
    expect(learner.locator("#status")).to_contain_text("Loss.")

    # All answer before anyone sees, and once more.
    teacher.get_by_label("What to ask").select_option("sign")
    teacher.get_by_role("button", name="Ask the class").click()
    teacher.get_by_role("button", name="Open the first vote").click()
    learner.locator("label[for=answer-negative]").click()
    expect(learner.locator("#said")).to_contain_text("Your answer is negative.")
    phone.locator("label[for=answer-positive]").click()
    reloaded(plain).locator("label[for=answer-negative]").click()
    plain.get_by_role("button", name="Send").click()
    for page in (teacher, wall):
        expect(page.locator("#wall .counted")).to_have_text("3 of 3 have answered")
        expect(page.locator(".answers")).to_have_count(0)
    teacher.get_by_role("button", name="Close the vote").click()
    expect(learner.locator("#own")).to_contain_text("You said negative.")
    teacher.get_by_role("button", name="Open the second vote").click()
    learner.locator("label[for=answer-positive]").click()
    expect(teacher.locator("#wall .counted")).to_have_text("1 of 3 have answered")

    # The reveal, at the equation in question.
    teacher.get_by_role("button", name="Close and reveal").click()
    for page in (teacher, learner, phone, wall):
        expect(page.locator("#wall .phase")).to_have_text("the answers")
        expect(page.locator("#equation h2")).to_contain_text("Error signal")
    expect(wall.locator(".answers")).to_have_count(0)  # three answers would show who said what
    teacher.get_by_role("button", name="Show the answers all the same").click()
    expect(wall.locator(".answers .right")).to_contain_text("positive")
    expect(wall.locator("#wall")).to_contain_text("1 went from negative to positive")
    expect(learner.locator(".outcome")).to_contain_text("Right.")
    expect(reloaded(plain).locator(".outcome")).to_contain_text("Not so.")

    # Each walks alone, and is taken back; the class pauses.
    teacher.get_by_role("button", name="Done").click()
    teacher.get_by_role("button", name="Walk alone").click()
    expect(learner.locator("#controls .step")).to_be_visible()
    learner.locator("#controls .step").click()
    expect(learner.locator("#status")).to_contain_text("Weighted sum of hidden unit 1.")
    teacher.get_by_role("link", name="Overview").click()
    expect(teacher.locator("#picture figcaption")).to_contain_text("Three learners.")
    expect(teacher.locator("#picture figcaption")).to_contain_text("weighted sums of layer 1 (1)")
    expect(teacher.locator("#picture text:is(.right, .wrong)")).to_have_text(["×", "✓", "×", "✓"])
    teacher.get_by_role("link", name="Back to the class").click()
    teacher.get_by_text("Join, wall, seats").click()
    learner.get_by_role("link", name="Back to the teacher").click()
    expect(learner.locator("#status")).to_contain_text("Error signal")
    expect(learner.get_by_role("link", name="Walk alone again")).to_be_visible()
    teacher.get_by_role("button", name="Pause").click()
    for page in (learner, phone):
        expect(page.locator("#calm")).to_have_text("Look up. The teacher has something to say.")
        expect(page.locator("#network")).to_be_hidden()
    teacher.get_by_role("button", name="Follow").click()
    expect(phone.locator("#network")).to_be_visible()

    # It is deleted, and all of it is gone.
    teacher.get_by_role("link", name="Delete the class").click()
    teacher.get_by_role("button", name="Delete the class").click()
    teacher.wait_for_url("**/classroom")
    expect(learner.get_by_role("alert").first).to_contain_text("This browser has no seat any more.")


def test_an_answer_that_is_being_typed_stays_while_others_come(open_page: OpenPage) -> None:
    teacher, learner = open_page(), open_page()
    teacher.goto("/classroom")
    teacher.get_by_label("Open a class on a lesson").select_option("two-outputs-two-paths")
    teacher.get_by_role("button", name="Open a class").click()
    teacher.wait_for_url("**/host/*")
    joined(learner, teacher.locator(".class-code").inner_text())
    teacher.get_by_label("What to ask").select_option("value")
    teacher.get_by_role("button", name="Ask the class").click()
    teacher.get_by_role("button", name="Open the first vote").click()
    learner.locator("#answer").fill("0.3824")
    expect(learner.locator("#said")).to_contain_text("0.3824")
    expect(teacher.locator("#wall .counted")).to_have_text("1 of 1 have answered")
    learner.locator("#answer").fill("0.3825")
    expect(learner.locator("#said")).to_contain_text("0.3825")
    learner.reload()
    expect(learner.locator("#answer")).to_have_value("0.3825")
