# frozen_string_literal: true

require_relative 'state'

module Lab
  # GitLab's clock, which can be ahead of this machine's or behind it: while a request is answered, for all
  # that asks `Time.now`, ruby-saml included.
  Clock = Struct.new(:app) do
    def call(env)
      Thread.current[:lab_clock_ahead] = State.new.gitlab_clock_ahead
      app.call(env)
    ensure
      Thread.current[:lab_clock_ahead] = nil
    end
  end

  # Laid over `Time.now`.
  module ClockAhead
    def now(...)
      super + (Thread.current[:lab_clock_ahead] || 0)
    end
  end
  Time.singleton_class.prepend(ClockAhead)
end
