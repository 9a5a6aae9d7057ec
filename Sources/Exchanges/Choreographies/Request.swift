/// The client asks for a page, the upstream answers and ends in order.
struct Request: Choreography {
    func client(_ party: Party) async -> Bool {
        guard await party.sayRequest(), await party.hearPage() else { return false }
        await party.end()
        return await party.hearNothingMore()
    }

    func upstream(_ party: Party) async -> Bool {
        let isRight = await party.answerRequest()
        await party.end()
        return await party.hearNothingMore() && isRight
    }
}
